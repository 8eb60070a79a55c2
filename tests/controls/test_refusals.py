"""Refusals that need more than one step to come about, each asked of the operation that declares it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from deploy.story import implemented_control
from shared.tables.formats import MEDIA_TYPES, TableFormat
from tests.controls.deficient import granted, waiver_request
from tests.controls.given import programme, version_of
from tests.support import Organisation, created, ok, problem

NOBODY = str(uuid4())
ENTRY = {"source": "soc2:CC6.3", "target": "iso27001:A.5.15", "relation": "equal"}
GRANT = {"decision": "grant", "reason": "The accounts are watched."}
ANY = {"If-Match": "*"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/crosswalk-entries", {"crosswalk_id": NOBODY, **ENTRY}),
        ("/v1/crosswalk-entries/batch", {"crosswalk_id": NOBODY, "entries": [ENTRY]}),
        ("/v1/scope-decisions", {"programme_id": NOBODY, "requirement": "CC6.1", "relevant": True, "reason": "It is."}),
        (
            "/v1/scope-decisions/batch",
            {
                "programme_id": NOBODY,
                "decisions": [{"requirement": "CC6.1", "relevant": True, "reason": "It is."}],
            },
        ),
        ("/v1/statements-of-applicability", {"programme_id": NOBODY, "inclusion_reason": "Our risks ask for it."}),
    ],
)
async def test_what_a_new_thing_belongs_to_is_there(org: Organisation, path: str, body: dict[str, object]) -> None:
    problem(await org.manager.post(path, json=body), 404, "not-found")


async def test_a_crosswalk_that_comes_with_attest_takes_no_entries(org: Organisation) -> None:
    crosswalks = ok(await org.viewer.get("/v1/crosswalks", params={"q": "soc2-iso27001"}))["items"]
    batch = {"crosswalk_id": crosswalks[0]["id"], "entries": [ENTRY]}
    problem(await org.manager.post("/v1/crosswalk-entries/batch", json=batch), 409, "comes-with-attest")


async def test_a_programme_is_not_upgraded_to_where_it_is(org: Organisation) -> None:
    own = await programme(org)
    here = {"framework_version_id": await version_of(org, "soc2")}
    answer = await org.viewer.get(f"/v1/programmes/{own}/upgrade-preview", params=here)
    problem(answer, 409, "already-pinned")


async def test_a_waiver_that_has_ended_is_neither_granted_nor_revoked(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    ends = datetime.now(UTC) + timedelta(seconds=2)
    brief = {"expires_at": ends.isoformat()}
    asked = created(await org.owner.post("/v1/waivers", json=waiver_request(control, **brief)))
    in_force = await granted(org, control, **brief)
    await asyncio.sleep((ends - datetime.now(UTC)).total_seconds() + 0.1)
    late = await org.manager.post(f"/v1/waivers/{asked['id']}/decisions", json=GRANT)
    problem(late, 409, "waiver-over")
    path = f"/v1/waivers/{in_force['id']}/revocations"
    problem(await org.manager.post(path, json={"reason": "Upgraded."}), 409, "waiver-over")


async def test_an_import_changes_no_control_whose_next_definition_awaits_its_day(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    ok(await org.manager.patch(f"/v1/controls/{control}", json={"frequency": "monthly"}, headers=ANY))
    later = {"effective_from": (datetime.now(UTC) + timedelta(days=30)).isoformat()}
    ok(await org.second_manager.post(f"/v1/controls/{control}/approvals", json=later))
    table = (await org.manager.get("/v1/control-exports")).content.replace(b"detective", b"preventive")
    kind = {"Content-Type": MEDIA_TYPES[TableFormat.CSV]}
    refused = await org.manager.post("/v1/control-imports", content=table, headers=kind)
    problem(refused, 409, "definition-awaits-its-day")
