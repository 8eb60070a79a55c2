"""Finding remediations: what management did about a finding, and whether the firm verified it.

It is a fact of the day on which it was done. The finding, its deviations and what was concluded of the period stay as
they are: a control that works since is no evidence that it did before.
"""
