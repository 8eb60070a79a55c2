"""Reported checks: the facts that integrations tells, as test results of the controls that they reach."""
