"""The risks of the organisation.

A risk names the controls that answer it. Its ratings follow the method in force and the health of those controls, as
far as the controls service has announced it.
"""
