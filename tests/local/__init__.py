"""The local runner: what it says when something is in its way."""
