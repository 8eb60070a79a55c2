"""What is to be collected, and when.

An expectation says which evidence a control needs and how often; structured records follow a record schema. The clock
opens a collection for each date, which somebody answers with evidence; it is overdue, skipped or accepted. Calendar
feeds show the dates in any calendar program.
"""
