"""Trials: what a version would make of what was delivered, beside what is in force; nothing is recorded."""
