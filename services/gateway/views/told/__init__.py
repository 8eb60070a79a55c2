"""Told: what the events of all services say of things, read by the names of their fields.

A noun needs nothing here to be found: its events are named after it, and its contract says where one of it is read and
with which permission.
"""
