"""The risks of the organisation.

A risk names the controls that answer it. Whoever writes it down, changes it, puts another method in force or hears of a
control touches it; each touched risk is rated once, before the commit, by the method in force and the health of its
controls, as far as the controls service has announced it. Every rating is kept. A risk is open once its owner has
agreed to answer for it; a closed one keeps its last rating.
"""
