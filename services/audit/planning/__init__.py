"""The client's own plan of its engagements: what is to be reached when, and what it costs.

The plan and the costs are the client's: the firm that examines has no permission to read them. A milestone has an
owner, a day, and the plan's revisions with their reasons; those that the phases of the engagement show follow them
before each commit. A timetable says how long the stages took, against the plan and earlier engagements, and a successor
proposal what follows on. A cost entry is an amount of the budget or an actual amount; what was recorded is never
edited, but taken back by a counter-entry or withdrawn with a reason. Summaries put budget and actual side by side,
currency by currency, year by year. Calendar feeds show milestones and the due days of requests in any calendar program.
"""
