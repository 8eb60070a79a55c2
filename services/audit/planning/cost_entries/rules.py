"""What a cost entry has to say, and how much of one can be taken back. Pure.

An actual cost was incurred on a day, which lies in the past; a budget is for a year. A year is the calendar year that
an entry counts for, which need not be that of its day: the fee for the report on a year is often invoiced in the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.audit.planning.cost_entries.models import CostMeasure
from shared.problems import Fault


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in minor units of one currency, and effort in minutes."""

    amount: int
    minutes: int


def faults_of(
    measure: CostMeasure, *, year: int | None, incurred_on: date | None, today: date, quantity: Quantity
) -> Iterator[Fault]:
    """What is wrong with the days and the amount of an entry that is to be recorded `today`."""
    if measure == CostMeasure.BUDGET and year is None:
        yield Fault("/year", "required for a budget")
    yield from faults_of_day(measure, incurred_on, today=today)
    if quantity == Quantity(0, 0):
        yield Fault("/amount", "must be above 0 where no effort is given")


def faults_of_day(measure: CostMeasure, incurred_on: date | None, *, today: date) -> Iterator[Fault]:
    """What is wrong with the day on which something was incurred."""
    if measure == CostMeasure.BUDGET and incurred_on is not None:
        yield Fault("/incurred_on", "not for a budget, which is for a year")
    elif measure == CostMeasure.ACTUAL and incurred_on is None:
        yield Fault("/incurred_on", "required for an actual cost")
    elif incurred_on is not None and incurred_on > today:
        yield Fault("/incurred_on", "must not lie ahead")


def faults_of_counter(left: Quantity, taken: Quantity) -> Iterator[Fault]:
    """What is wrong with taking back `taken` of an entry of which `left` still counts."""
    if taken == Quantity(0, 0):
        yield Fault("/amount", "must be above 0 where no effort is given")
    if taken.amount > left.amount:
        yield Fault("/amount", f"more than the {left.amount} that still count")
    if taken.minutes > left.minutes:
        yield Fault("/effort_minutes", f"more than the {left.minutes} that still count")
