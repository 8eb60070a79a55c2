"""The warning that a report ends: once 60 and once 30 days ahead, to both parties, and none once the next is issued."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.firm import Firm
from services.audit.reporting.report_endings.actions import warn_of_endings
from services.audit.reporting.report_endings.rules import due_warning
from shared.data.sessions import Database
from tests.audit.examined import Examined
from tests.support import Organisation, ok

_END = date(2027, 6, 30)


@pytest.mark.parametrize(
    ("ahead", "warned", "due"),
    [(61, None, None), (60, None, 60), (31, 60, None), (30, 60, 30), (30, None, 30), (0, 30, None), (-1, None, None)],
)
def test_when_a_warning_is_due(ahead: int, warned: int | None, due: int | None) -> None:
    assert due_warning(_END, _END - timedelta(days=ahead), warned) == due


@given(days=st.lists(st.integers(-10, 400), max_size=40))
def test_each_warning_is_given_once(days: list[int]) -> None:
    given_, warned = [], None
    for ahead in sorted(days, reverse=True):
        if (due := due_warning(_END, _END - timedelta(days=ahead), warned)) is not None:
            given_.append(due)
            warned = due
    assert given_ == sorted(set(given_), reverse=True)


async def test_both_parties_are_warned_once(
    examined: Examined, org: Organisation, firm: Firm, database: Database
) -> None:
    issued = await examined.issued()
    until = date.fromisoformat(issued["current_until"])

    async def endings(party: httpx.AsyncClient) -> list[dict[str, Any]]:
        told = ok(await party.get("/v1/services/audit/trail", params={"subject": issued["id"]}))["items"]
        return [each["data"] for each in told if each["type"] == "audit.audit_report.ending"]

    for ahead, told in ((90, []), (60, [60]), (45, [60]), (29, [30, 60]), (28, [30, 60])):
        as_of = datetime.combine(until - timedelta(days=ahead), time(12), UTC)
        async with database.transaction(UUID(firm.id)) as session:
            await warn_of_endings(session, as_of=as_of, limit=500)
        for party in (org.admin, firm.admin):
            ending = await endings(party)
            assert sorted(each["days"] for each in ending) == told
            assert {each["current_until"] for each in ending} <= {issued["current_until"]}
