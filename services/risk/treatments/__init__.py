"""Treatments: plans to mitigate, avoid or transfer a risk, with actions, approved by the risk's owner and the ladder.

A plan is approved for the risk as it was when it was proposed. Its actions are done by their owners and verified by
others; once it is done, the controls that it planned answer the risk, and its effect has to be shown before it is
closed. How a risk is treated follows from its acceptance, its plans and its controls, each time it is rated.
"""
