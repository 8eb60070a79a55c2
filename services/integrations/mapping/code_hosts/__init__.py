"""Code hosts: which of their events are which facts."""
