"""The client's own plan of its engagements: what they cost.

The plan and the costs are the client's: the firm that examines has no permission to read them. A cost entry is an
amount of the budget or an actual amount; what was recorded is never edited, but taken back by a counter-entry or
withdrawn with a reason. Summaries put budget and actual side by side, currency by currency, year by year.
"""
