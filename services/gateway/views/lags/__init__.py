"""Lags: the services that are not ready at the moment, and since when, so that a view says what it may lack."""
