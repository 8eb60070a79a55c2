"""Documents: what is found where in a delivery, and the events in it."""
