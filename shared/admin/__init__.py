"""The doors that every service has below `/v1/services/<name>`: trail, dead letters, sweeps."""
