"""Senders: which events of each kind of source are which facts, and what their values mean."""
