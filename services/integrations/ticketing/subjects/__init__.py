"""Subjects: what tickets can be about, as far as the events of other services tell it."""
