"""Programme periods: for how long active programmes have what controls missed remembered."""
