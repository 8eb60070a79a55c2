"""When a policy is to be looked at again. Pure: the same dates give the same answer.

Months are calendar months: a year after 29 February is 28 February, and a month after 31 January the last of February.
"""

from datetime import date

from dateutil.relativedelta import relativedelta


def next_review(reviewed_on: date, months: int) -> date:
    """The day by which a policy is to be reviewed again."""
    return reviewed_on + relativedelta(months=months)
