"""What was done outside Attest, before it was there to record it.

A historical record says what was done on an earlier day, by whom, and what was made then to show it. It has no effect
until another person than those who recorded and who performed it accepts it (`record_decisions`); then the control has
that approval, that implementation, that occurrence (`consequences`), which tells both days wherever it is shown.
"""
