"""Sources: the systems that report to the organisation by webhook, and how each proves who it is."""
