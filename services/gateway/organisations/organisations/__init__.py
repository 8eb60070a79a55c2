"""Organisations: founded by an operator, with a first API client that administers them."""
