"""Costs: recorded, taken back, withdrawn, and summed up by kind, currency, programme and year."""

import uuid
from typing import Any

import pytest

from shared.data.sessions import Database
from tests.audit.given import NOBODY, day, moved, planned, type2
from tests.controls.given import programme
from tests.support import Organisation, created, ok, problem

_PATH = "/v1/cost-entries"
_SIZE: dict[str, Any] = {"industry": "health_and_social_work", "headcount": 85}
_NOBODYS: dict[str, Any] = {"programme_id": NOBODY}


def _budget(amount: Any = 4_000_000, **changes: Any) -> dict[str, Any]:
    return {
        "measure": "budget",
        "kind": "audit_fees",
        "year": 2026,
        "currency": "EUR",
        "amount": amount,
        "description": "Examination fee",
        **changes,
    }


def _actual(amount: Any = 1_500_000, **changes: Any) -> dict[str, Any]:
    return _budget(amount, measure="actual", incurred_on=day(-1), reference="Invoice 17", **changes)


async def _recorded(org: Organisation, draft: dict[str, Any]) -> dict[str, Any]:
    return created(await org.manager.post(_PATH, json=draft))


async def _summaries(org: Organisation, **query: str) -> list[dict[str, Any]]:
    return list(ok(await org.manager.get("/v1/cost-summaries", params=query))["summaries"])


async def test_an_entry_is_recorded_as_it_was_drafted(org: Organisation) -> None:
    engagement = await planned(org)
    draft = _actual(engagement_id=engagement["id"], effort_minutes=90)
    response = await org.manager.post(_PATH, json=draft)
    entry = created(response)
    assert {name: entry[name] for name in draft} == draft
    assert (entry["decimals"], entry["status"], entry["version"]) == (2, "recorded", 1)
    assert (entry["programme_id"], entry["counters_id"]) == (None, None)
    assert ok(await org.manager.get(response.headers["Location"])) == entry


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("USD", 2), ("KWD", 3)])
async def test_a_currency_has_its_own_number_of_decimals(org: Organisation, currency: str, decimals: int) -> None:
    engagement = await planned(org)
    entry = await _recorded(org, _budget(currency=currency, engagement_id=engagement["id"]))
    assert (entry["amount"], entry["decimals"]) == (4_000_000, decimals)


async def test_an_actual_cost_counts_for_the_year_of_its_day_unless_it_says_another(org: Organisation) -> None:
    engagement = await planned(org)
    draft = _actual(engagement_id=engagement["id"]) | {"incurred_on": "2026-01-20"}
    assert (await _recorded(org, draft | {"year": 2025}))["year"] == 2025
    del draft["year"]
    assert (await _recorded(org, draft))["year"] == 2026


@pytest.mark.parametrize(
    ("draft", "pointer"),
    [
        (_budget(**_NOBODYS, currency="XXX"), "/currency"),
        (_budget(**_NOBODYS, currency="eur"), "/currency"),
        (_budget(**_NOBODYS, amount=12.5), "/amount"),
        (_budget(**_NOBODYS, amount=-1), "/amount"),
        (_budget(**_NOBODYS, amount=0), "/amount"),
        (_budget(**_NOBODYS, year=None), "/year"),
        (_budget(**_NOBODYS, incurred_on=day(-1)), "/incurred_on"),
        (_budget(**_NOBODYS, kind="travel"), "/kind"),
        (_actual(**_NOBODYS) | {"incurred_on": None}, "/incurred_on"),
        (_actual(**_NOBODYS) | {"incurred_on": day(2)}, "/incurred_on"),
        (_budget(), "/engagement_id"),
        (_budget(**_NOBODYS, engagement_id=NOBODY), "/engagement_id"),
        (_budget(engagement_id=NOBODY), "/engagement_id"),
        (_budget(**_NOBODYS), "/programme_id"),
    ],
)
async def test_what_is_wrong_with_an_entry_is_named(org: Organisation, draft: dict[str, Any], pointer: str) -> None:
    refused = problem(await org.manager.post(_PATH, json=draft), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == [pointer]


async def test_an_entry_is_taken_back_in_parts_and_never_by_more_than_counts(org: Organisation) -> None:
    engagement = await planned(org)
    entry = await _recorded(org, _actual(1000, engagement_id=engagement["id"], effort_minutes=60))
    path = f"{_PATH}/{entry['id']}/counter-entries"
    credit = {"amount": 400, "effort_minutes": 60, "incurred_on": day(-1), "description": "Credit note"}
    first = created(await org.manager.post(path, json=credit))
    assert (first["amount"], first["effort_minutes"], first["counters_id"]) == (-400, -60, entry["id"])
    same = ("measure", "kind", "engagement_id", "programme_id", "year", "currency", "decimals")
    assert {name: first[name] for name in same} == {name: entry[name] for name in same}
    for wrong, pointer in (
        ({"amount": 601, "effort_minutes": 0}, "/amount"),
        ({"effort_minutes": 1}, "/effort_minutes"),
        ({"amount": 0, "effort_minutes": 0}, "/amount"),
        ({"effort_minutes": 0, "incurred_on": None}, "/incurred_on"),
    ):
        refused = problem(await org.manager.post(path, json=credit | wrong), 422, "invalid")
        assert [each["pointer"] for each in refused["errors"]] == [pointer]
    rest = created(await org.manager.post(path, json=credit | {"amount": 600, "effort_minutes": 0}))
    listed = ok(await org.manager.get(_PATH, params={"counters_id": entry["id"], "sort": "created_at"}))["items"]
    assert listed == [first, rest]
    assert ok(await org.manager.get(f"{_PATH}/{entry['id']}")) == entry, "the entry itself is not edited"
    (summary,) = await _summaries(org)
    assert [(total["budget"], total["actual"]) for total in summary["totals"]] == [(0, 0)]
    assert summary["actual_minutes"] == 0
    again = await org.manager.post(f"{_PATH}/{rest['id']}/counter-entries", json=credit)
    problem(again, 409, "is-counter-entry")


async def test_an_entry_is_withdrawn_for_a_reason_once_nothing_takes_it_back(org: Organisation) -> None:
    engagement = await planned(org)
    entry = await _recorded(org, _budget(1000, engagement_id=engagement["id"]))
    path, reason = f"{_PATH}/{entry['id']}", {"reason": "Recorded twice."}
    credit = created(await org.manager.post(f"{path}/counter-entries", json={"amount": 1, "description": "Less"}))
    problem(await org.manager.post(f"{path}/withdrawals", json=reason), 409, "has-counter-entries")
    ok(await org.manager.post(f"{_PATH}/{credit['id']}/withdrawals", json=reason))
    withdrawn = ok(await org.manager.post(f"{path}/withdrawals", json=reason))
    assert (withdrawn["status"], withdrawn["version"], withdrawn["amount"]) == ("withdrawn", 2, 1000)
    assert await _summaries(org) == []
    problem(await org.manager.post(f"{path}/withdrawals", json=reason), 409, "conflict")
    refused = await org.manager.post(f"{path}/counter-entries", json={"amount": 1, "description": "Less"})
    problem(refused, 409, "conflict")


async def test_years_stand_side_by_side_by_programme_with_what_drives_the_costs(org: Organisation) -> None:
    going = await programme(org, categories=["security"])
    controls = [uuid.uuid4() for _ in range(3)]
    engagement = await planned(org, type2(programme_id=going, **_SIZE), *controls)
    of, whole = {"engagement_id": engagement["id"]}, {"programme_id": going}
    for draft in (
        _budget(4_000_000, **of),
        _actual(4_500_000, **of),
        _budget(1_000_000, **whole, kind="technology", currency="USD"),
        _actual(700, **whole, kind="technology", currency="JPY"),
        _actual(0, **whole, kind="preparation", effort_minutes=2400),
        _budget(3_000_000, **of, year=2027),
    ):
        await _recorded(org, draft)
    this, following = await _summaries(org, programme_id=going)
    assert (this["programme_id"], this["year"], following["year"]) == (going, 2026, 2027)
    assert [(each["kind"], each["currency"], each["difference"]) for each in this["kinds"]] == [
        ("audit_fees", "EUR", -500_000),
        ("preparation", "EUR", 0),
        ("technology", "JPY", -700),
        ("technology", "USD", 1_000_000),
    ]
    assert this["totals"] == [
        {"currency": "EUR", "decimals": 2, "budget": 4_000_000, "actual": 4_500_000, "difference": -500_000},
        {"currency": "JPY", "decimals": 0, "budget": 0, "actual": 700, "difference": -700},
        {"currency": "USD", "decimals": 2, "budget": 1_000_000, "actual": 0, "difference": 1_000_000},
    ]
    assert (this["budget_minutes"], this["actual_minutes"]) == (0, 2400)
    assert (
        this["engagements"]
        == following["engagements"]
        == [
            {
                "id": engagement["id"],
                "title": "SOC 2",
                "kind": "soc2_type2",
                "firm": engagement["firm"],
                "categories": ["security"],
                "first_day": engagement["period_start"],
                "last_day": engagement["period_end"],
                "controls_in_scope": 3,
                **_SIZE,
            }
        ]
    )
    assert [each["year"] for each in await _summaries(org, from_year="2027")] == [2027]
    assert [each["year"] for each in await _summaries(org, until_year="2026")] == [2026]
    (alone,) = await _summaries(org, engagement_id=engagement["id"], until_year="2026")
    assert [total["currency"] for total in alone["totals"]] == ["EUR"]
    listed = ok(await org.manager.get(_PATH, params={"programme_id": going}))["items"]
    assert len(listed) == 6


async def test_an_engagement_for_no_programme_is_summed_up_apart(org: Organisation) -> None:
    await _recorded(org, _budget(engagement_id=(await planned(org))["id"]))
    (summary,) = await _summaries(org)
    assert (summary["programme_id"], summary["programme_title"]) == (None, None)


async def test_lists_filter_and_can_be_kept_in_step(org: Organisation) -> None:
    engagement = await planned(org)
    of = {"engagement_id": engagement["id"]}
    first = await _recorded(org, _budget(1, **of, year=2025))
    second = await _recorded(org, _actual(2, **of, kind="consulting"))

    async def found(**query: str) -> list[int]:
        return [each["amount"] for each in ok(await org.manager.get(_PATH, params=query))["items"]]

    assert await found() == [2, 1]
    assert await found(sort="year") == [1, 2]
    assert await found(measure="budget") == [1]
    assert await found(kind="consulting") == [2]
    assert await found(year="2025") == [1]
    assert await found(engagement_id=NOBODY) == []
    ok(await org.manager.post(f"{_PATH}/{first['id']}/withdrawals", json={"reason": "Not needed."}))
    assert await found(updated_since=second["updated_at"], sort="updated_at") == [2, 1]
    assert await found(status="recorded") == [2]
    same = await org.manager.get(f"{_PATH}/{second['id']}", headers={"If-None-Match": '"1"'})
    assert (same.status_code, same.content) == (304, b"")


async def test_a_repeated_entry_is_one_entry(org: Organisation) -> None:
    key, draft = {"Idempotency-Key": str(uuid.uuid4())}, _budget(engagement_id=(await planned(org))["id"])
    first = created(await org.manager.post(_PATH, json=draft, headers=key))
    assert created(await org.manager.post(_PATH, json=draft, headers=key)) == first
    assert ok(await org.manager.get(_PATH))["items"] == [first]


async def test_costs_are_managements_and_no_one_elses(
    org: Organisation, database: Database, other_org: Organisation
) -> None:
    engagement = await moved(database, org, await planned(org), "fieldwork")
    entry = await _recorded(org, _budget(engagement_id=engagement["id"]))
    path, reason = f"{_PATH}/{entry['id']}", {"reason": "Mine."}
    credit = {"amount": 1, "description": "Less"}
    for stranger in (org.viewer, org.owner):
        for at in (_PATH, path, "/v1/cost-summaries"):
            problem(await stranger.get(at), 403, "forbidden")
        problem(await stranger.post(_PATH, json=_budget(engagement_id=engagement["id"])), 403, "forbidden")
        problem(await stranger.post(f"{path}/withdrawals", json=reason), 403, "forbidden")
        problem(await stranger.post(f"{path}/counter-entries", json=credit), 403, "forbidden")
    problem(await other_org.manager.get(path), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/withdrawals", json=reason), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/counter-entries", json=credit), 404, "not-found")
    assert ok(await other_org.manager.get(_PATH))["items"] == []
    assert await _summaries(other_org) == []
    foreign = await other_org.manager.post(_PATH, json=_budget(engagement_id=engagement["id"]))
    assert problem(foreign, 422, "invalid")["errors"][0]["pointer"] == "/engagement_id"


async def test_the_trail_says_that_an_entry_was_made_and_not_how_much_it_is(org: Organisation) -> None:
    entry = await _recorded(org, _budget(4_321_987, engagement_id=(await planned(org))["id"]))
    told = ok(await org.manager.get("/v1/services/audit/trail", params={"subject": entry["id"]}))["items"]
    assert [each["type"] for each in told] == ["audit.cost_entry.recorded"]
    assert "4321987" not in str(told)
    assert "Examination fee" not in str(told)
