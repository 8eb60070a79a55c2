"""The risks of the organisation.

A risk names the controls that answer it. Whoever writes it down, changes it, sets another method or hears of a control
touches it; each touched risk is rated once, before the commit, by the method in force and the health of its controls,
as far as the controls service has announced it. Every rating is kept.
"""
