"""Departures: a person leaves, what they were responsible for goes to others, and they may return."""
