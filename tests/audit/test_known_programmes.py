"""An engagement is for a programme of the client that aims at what the engagement leads to."""

import uuid
from typing import Any

import pytest

from shared.data.sessions import Database
from tests.audit.given import day, moved, planned, type1, type2
from tests.controls.given import iso_programme, programme
from tests.support import Organisation, created, eventually, ok, problem

_AUDIT = {"period_start": day(10), "period_end": day(12)}


def _stage(number: int) -> dict[str, Any]:
    return type2(kind=f"iso27001_stage{number}") | _AUDIT


async def test_an_engagement_is_for_a_programme(org: Organisation) -> None:
    going, other = await programme(org, categories=["security"]), await programme(org)
    engagement = created(await org.manager.post("/v1/engagements", json=type2(programme_id=going)))
    assert engagement["programme_id"] == going
    without = await planned(org)
    assert without["programme_id"] is None
    listed = ok(await org.viewer.get("/v1/engagements", params={"programme_id": going}))["items"]
    assert listed == [engagement]
    first, path = {"If-Match": '"1"'}, f"/v1/engagements/{without['id']}"
    assert ok(await org.manager.patch(path, json={"programme_id": other}, headers=first))["programme_id"] == other


async def test_stages_of_a_certification_are_for_a_programme_against_iso_27001(org: Organisation) -> None:
    going = await iso_programme(org)
    for number in (1, 2):
        stage = created(await org.manager.post("/v1/engagements", json=_stage(number) | {"programme_id": going}))
        assert (stage["categories"], stage["period_end"]) == ([], _AUDIT["period_end"])


@pytest.mark.parametrize(
    ("draft", "pointers"),
    [
        (_stage(1) | {"categories": ["security"]}, ["/categories"]),
        (_stage(2) | {"period_end": None}, ["/period_end"]),
        (type1(kind="soc1_type1", categories=["security"]), ["/categories"]),
        (type1(kind="soc1_type2"), ["/period_start", "/period_end", "/as_of_date"]),
    ],
)
async def test_each_kind_has_dates_and_categories_of_its_own(
    org: Organisation, draft: dict[str, Any], pointers: list[str]
) -> None:
    refused = problem(await org.manager.post("/v1/engagements", json=draft), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == pointers


async def test_a_programme_that_is_unknown_or_aims_elsewhere_or_has_ended_is_refused(
    org: Organisation, other_org: Organisation
) -> None:
    async def refused(draft: dict[str, Any]) -> str:
        answer = problem(await org.manager.post("/v1/engagements", json=draft), 422, "invalid")
        (fault,) = answer["errors"]
        assert fault["pointer"] == "/programme_id"
        return str(fault["detail"])

    going = await programme(org)
    created(await org.manager.post("/v1/engagements", json=type2(programme_id=going)))
    assert "soc2_type2" in await refused(type1(programme_id=going))
    assert "soc2_type2" in await refused(_stage(1) | {"programme_id": going})
    assert (await refused(type2(programme_id=str(uuid.uuid4())))).startswith("unknown")
    assert (await refused(type2(programme_id=await programme(other_org)))).startswith("unknown")
    closure = {"outcome": "withdrawn", "reason": "Another year."}
    ok(await org.manager.post(f"/v1/programmes/{going}/closures", json=closure))

    async def has_ended() -> bool:
        answer = await org.manager.post("/v1/engagements", json=type2(programme_id=going))
        return answer.status_code == 422

    await eventually(has_ended)
    assert "completed or withdrawn" in await refused(type2(programme_id=going))


async def test_an_engagement_keeps_when_fieldwork_began_and_when_the_report_was_issued(
    org: Organisation, database: Database
) -> None:
    engagement = await planned(org)
    assert (engagement["fieldwork_at"], engagement["issued_at"]) == (None, None)
    in_fieldwork = await moved(database, org, engagement, "fieldwork")
    assert in_fieldwork["fieldwork_at"] == in_fieldwork["updated_at"]
    reviewed = await moved(database, org, in_fieldwork, "evaluation")
    assert reviewed["fieldwork_at"] == in_fieldwork["fieldwork_at"]
    again = await moved(database, org, engagement, "planning", reason="The scope was wrong.")
    assert again["fieldwork_at"] is None
    issued = await moved(database, org, again, "fieldwork", "evaluation", "reporting", "issued")
    assert (issued["issued_at"], issued["fieldwork_at"] > in_fieldwork["fieldwork_at"]) == (issued["updated_at"], True)
    assert (await moved(database, org, issued, "completed"))["issued_at"] == issued["issued_at"]
