"""The people of the organisation, as far as this service has heard of them from the gateway."""
