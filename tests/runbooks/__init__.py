"""Runbooks: the commands of their pages, played on a stack that is started as `make run` starts it."""
