"""Sums of costs, held by properties; what an entry has to say; which currencies there are."""

import uuid
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.audit.planning.cost_entries.models import CostKind, CostMeasure
from services.audit.planning.cost_entries.rules import Quantity, faults_of, faults_of_counter
from services.audit.planning.cost_summaries.rules import Amount, Summary, summaries
from shared.money import DECIMALS, Currency

_PROGRAMMES = [None, *(uuid.UUID(int=number) for number in range(3))]
_TODAY = date(2026, 6, 30)

amounts = st.builds(
    lambda currency, **rest: Amount(currency=currency, decimals=DECIMALS[currency], **rest),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "USD"]),
    programme_id=st.sampled_from(_PROGRAMMES),
    engagement_id=st.sampled_from(_PROGRAMMES),
    year=st.integers(2024, 2026),
    kind=st.sampled_from(CostKind),
    measure=st.sampled_from(CostMeasure),
    amount=st.integers(-(10**12), 10**12),
    minutes=st.integers(-1000, 1000),
)


def _cells(found: list[Summary]) -> dict[tuple[object, ...], tuple[int, int]]:
    return {
        (each.programme_id, each.year, kind, sums.currency): (sums.budget, sums.actual)
        for each in found
        for kind, sums in each.kinds
    }


@given(st.lists(amounts))
def test_the_parts_add_up_to_the_totals(recorded: list[Amount]) -> None:
    found = summaries(recorded)
    for each in found:
        parts: Counter[tuple[str, str]] = Counter()
        for _, sums in each.kinds:
            parts[sums.currency, "budget"] += sums.budget
            parts[sums.currency, "actual"] += sums.actual
            parts[sums.currency, "difference"] += sums.difference
        totals = {
            (total.currency, side): getattr(total, side)
            for total in each.totals
            for side in ("budget", "actual", "difference")
        }
        assert dict(parts) == totals
        assert len({total.currency for total in each.totals}) == len(each.totals)
    for currency in {each.currency for each in recorded}:
        actual = sum(each.amount for each in recorded if (each.currency, each.measure) == (currency, "actual"))
        assert actual == sum(total.actual for each in found for total in each.totals if total.currency == currency)
    assert sum(each.minutes for each in recorded) == sum(each.budget_minutes + each.actual_minutes for each in found)


@given(st.lists(amounts), amounts)
def test_an_entry_changes_its_own_cell_and_no_other(recorded: list[Amount], added: Amount) -> None:
    before, after = _cells(summaries(recorded)), _cells(summaries([*recorded, added]))
    cell = (added.programme_id, added.year, added.kind, added.currency)
    budget, actual = before.get(cell, (0, 0))
    if added.measure == CostMeasure.BUDGET:
        budget += added.amount
    else:
        actual += added.amount
    assert after == before | {cell: (budget, actual)}


@given(st.lists(amounts))
def test_no_currency_depends_on_another(recorded: list[Amount]) -> None:
    alone = _cells(summaries(each for each in recorded if each.currency == "EUR"))
    assert alone == {cell: sums for cell, sums in _cells(summaries(recorded)).items() if cell[-1] == "EUR"}


@given(st.lists(amounts), st.randoms())
def test_the_order_of_entries_changes_nothing(recorded: list[Amount], random: object) -> None:
    shuffled = list(recorded)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert summaries(shuffled) == summaries(recorded)


@given(st.lists(amounts), amounts)
def test_an_entry_that_is_taken_back_in_full_leaves_the_sums_as_they_were(
    recorded: list[Amount], added: Amount
) -> None:
    opposite = replace(added, amount=-added.amount, minutes=-added.minutes)
    before, after = _cells(summaries(recorded)), _cells(summaries([*recorded, added, opposite]))
    assert {cell: sums for cell, sums in after.items() if cell in before} == before
    assert set(after.values()) - set(before.values()) <= {(0, 0)}


@pytest.mark.parametrize(
    ("measure", "year", "incurred_on", "quantity", "pointers"),
    [
        (CostMeasure.BUDGET, 2026, None, Quantity(1, 0), []),
        (CostMeasure.BUDGET, None, None, Quantity(1, 0), ["/year"]),
        (CostMeasure.BUDGET, 2026, _TODAY, Quantity(1, 0), ["/incurred_on"]),
        (CostMeasure.ACTUAL, None, _TODAY, Quantity(0, 60), []),
        (CostMeasure.ACTUAL, 2026, None, Quantity(1, 0), ["/incurred_on"]),
        (CostMeasure.ACTUAL, 2026, date(2026, 7, 1), Quantity(1, 0), ["/incurred_on"]),
        (CostMeasure.ACTUAL, 2026, _TODAY, Quantity(0, 0), ["/amount"]),
    ],
)
def test_what_an_entry_has_to_say(
    measure: CostMeasure, year: int | None, incurred_on: date | None, quantity: Quantity, pointers: list[str]
) -> None:
    faults = faults_of(measure, year=year, incurred_on=incurred_on, today=_TODAY, quantity=quantity)
    assert [fault.pointer for fault in faults] == pointers


@pytest.mark.parametrize(
    ("taken", "pointers"),
    [
        (Quantity(100, 60), []),
        (Quantity(101, 60), ["/amount"]),
        (Quantity(100, 61), ["/effort_minutes"]),
        (Quantity(0, 0), ["/amount"]),
    ],
)
def test_no_more_is_taken_back_than_still_counts(taken: Quantity, pointers: list[str]) -> None:
    assert [fault.pointer for fault in faults_of_counter(Quantity(100, 60), taken)] == pointers


def test_currencies_are_those_of_iso_4217() -> None:
    code: TypeAdapter[str] = TypeAdapter(Currency)
    known = ("EUR", "UYU", "JPY", "KWD", "CLF", "BGN")
    assert [DECIMALS[code.validate_python(each)] for each in known] == [2, 2, 0, 3, 4, 2]
    for unknown in ("XXX", "XAU", "EURO", "eur", "ABC"):
        with pytest.raises(ValidationError):
            code.validate_python(unknown)
    assert len(DECIMALS) == len(set(DECIMALS)) > 150
