"""Programmes: what an organisation goes for."""

import pytest

from tests.controls.given import ISMS_SCOPE, SYSTEM
from tests.support import Organisation, created, ok, problem

DRAFT = {
    "title": "SOC 2 Type 2",
    "framework": "soc2",
    "report_type": "soc2_type2",
    "categories": ["security"],
    "system": SYSTEM,
    "owner": "dana@example.com",
    "target_date": "2027-03-31",
    "period_start": "2026-01-01",
    "period_end": "2026-12-31",
}
ISO: dict[str, object] = {
    "framework": "iso27001",
    "report_type": "iso27001_certification",
    "categories": [],
    "system": None,
    "isms_scope": ISMS_SCOPE,
}
OTHER: dict[str, object] = {"framework": "nist-csf", "report_type": "self_assessment", "categories": [], "system": None}


@pytest.mark.parametrize(
    ("also", "criteria"),
    [([], 33), (["availability"], 36), (["confidentiality"], 35), (["processing_integrity"], 38), (["privacy"], 51)],
)
async def test_the_scope_follows_the_categories(org: Organisation, also: list[str], criteria: int) -> None:
    draft = DRAFT | {"categories": [*also, "security"]}
    programme = created(await org.manager.post("/v1/programmes", json=draft))
    assert programme["requirements_in_scope"] == criteria
    assert programme["categories"] == ["security", *also]
    assert ok(await org.viewer.get(f"/v1/programmes/{programme['id']}")) == programme


async def test_security_is_in_every_soc_2(org: Organisation) -> None:
    refused = await org.manager.post("/v1/programmes", json=DRAFT | {"categories": ["privacy"]})
    error = problem(refused, 422, "invalid")["errors"][0]
    assert error["pointer"] == "/categories"
    assert "security" in error["detail"]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"system": None}, ["/system"]),
        ({"isms_scope": ISMS_SCOPE}, ["/isms_scope"]),
        ({**ISO, "isms_scope": None}, ["/isms_scope"]),
        ({**ISO, "system": SYSTEM}, ["/system"]),
        ({**ISO, "isms_scope": ISMS_SCOPE | {"locations": []}}, ["/isms_scope/locations"]),
        ({**ISO, "isms_scope": None, "system": SYSTEM}, ["/isms_scope", "/system"]),
        ({**OTHER, "isms_scope": ISMS_SCOPE}, ["/isms_scope"]),
    ],
)
async def test_each_standard_asks_for_its_own_kind_of_scope(
    org: Organisation, changes: dict[str, object], faults: list[str]
) -> None:
    refused = problem(await org.manager.post("/v1/programmes", json=DRAFT | changes), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == faults


async def test_the_scope_of_a_management_system_is_kept_and_changed(org: Organisation) -> None:
    programme = created(await org.manager.post("/v1/programmes", json=DRAFT | ISO))
    assert programme["system"] is None
    assert programme["isms_scope"] == ISMS_SCOPE | {"interfaces": [], "exclusions": []}
    path, scope = f"/v1/programmes/{programme['id']}", programme["isms_scope"]
    scope["interfaces"] = [{"party": "Example Hosting Ltd", "activities": "It runs the data centres."}]
    scope["exclusions"] = [{"what": "Sales office Lyon", "reason": "It has no access to customer data."}]
    revised = ok(await org.manager.patch(path, json={"isms_scope": scope}, headers={"If-Match": '"1"'}))
    assert (revised["isms_scope"], revised["system"]) == (scope, None)
    refused = await org.manager.patch(path, json={"system": SYSTEM}, headers={"If-Match": '"2"'})
    assert [each["pointer"] for each in problem(refused, 422, "invalid")["errors"]] == ["/system"]


async def test_a_system_without_services_is_none(org: Organisation) -> None:
    refused = await org.manager.post("/v1/programmes", json=DRAFT | {"system": {"services": []}})
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/system/services"


async def test_who_may_not_start_one_is_refused(org: Organisation) -> None:
    problem(await org.viewer.post("/v1/programmes", json=DRAFT), 403, "forbidden")


async def test_another_organisation_does_not_see_it(org: Organisation, other_org: Organisation) -> None:
    programme = created(await org.manager.post("/v1/programmes", json=DRAFT))["id"]
    problem(await other_org.viewer.get(f"/v1/programmes/{programme}"), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/programmes"))["items"] == []


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        (ISO, 123),
        ({"framework": "sp800-53", "report_type": "self_assessment", "categories": ["moderate"]}, 287),
        (OTHER, 106),
    ],
)
async def test_a_programme_pins_any_framework(org: Organisation, changes: dict[str, object], count: int) -> None:
    programme = created(await org.manager.post("/v1/programmes", json=DRAFT | changes))
    assert (programme["framework"], programme["requirements_in_scope"]) == (changes["framework"], count)
    listed = ok(await org.viewer.get("/v1/programmes", params={"framework": programme["framework"]}))["items"]
    assert listed == [programme]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"framework": "soc3"}, "/framework"),
        ({"framework_version": "2016"}, "/framework_version"),
        ({"report_type": "iso27001_certification"}, "/report_type"),
        ({"categories": ["security", "safety"]}, "/categories"),
    ],
)
async def test_what_does_not_fit_the_framework_is_named(
    org: Organisation, changes: dict[str, object], pointer: str
) -> None:
    refused = problem(await org.manager.post("/v1/programmes", json=DRAFT | changes), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == [pointer]


async def test_a_programme_is_changed_and_still_fits_its_framework(org: Organisation) -> None:
    programme = created(await org.manager.post("/v1/programmes", json=DRAFT))
    path = f"/v1/programmes/{programme['id']}"
    system = {"services": ["Example Cloud"], "locations": ["Frankfurt"], "data": ["customer records"]}
    dates = {"as_of_date": "2026-12-31", "period_start": None, "period_end": None}
    change = {"categories": ["availability", "security"], "report_type": "soc2_type1", "system": system, **dates}
    problem(await org.manager.patch(path, json=change), 428, "precondition-required")
    revised = ok(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}))
    assert (revised["requirements_in_scope"], revised["categories"]) == (36, ["security", "availability"])
    assert {name: revised[name] for name in dates} == dates
    assert revised["system"] == {"systems": [], "people": [], **system}
    assert ok(await org.viewer.get(path)) == revised
    problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 412, "stale")
    wrong = {"categories": ["privacy"], "report_type": "iso27001_certification"}
    refused = problem(await org.manager.patch(path, json=wrong, headers={"If-Match": '"2"'}), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/report_type", "/categories", "/as_of_date"]
    problem(await org.viewer.patch(path, json=change, headers={"If-Match": '"2"'}), 403, "forbidden")


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"period_start": None, "period_end": None}, ["/period_start", "/period_end"]),
        ({"period_end": None}, ["/period_end"]),
        ({"period_end": "2026-01-01"}, ["/period_end"]),
        ({"as_of_date": "2026-12-31"}, ["/as_of_date"]),
        ({"report_type": "soc2_type1"}, ["/as_of_date", "/period_start", "/period_end"]),
        ({"report_type": "soc2_type1", "as_of_date": "2026-12-31"}, ["/period_start", "/period_end"]),
        ({"report_type": "self_assessment", "period_end": None}, ["/period_end"]),
        ({"report_type": "self_assessment", "as_of_date": "2026-12-31"}, ["/as_of_date"]),
    ],
)
async def test_type_1_has_a_date_and_type_2_a_period(
    org: Organisation, changes: dict[str, object], pointers: list[str]
) -> None:
    refused = problem(await org.manager.post("/v1/programmes", json=DRAFT | changes), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == pointers
    programme = created(await org.manager.post("/v1/programmes", json=DRAFT))
    path = f"/v1/programmes/{programme['id']}"
    refused = problem(await org.manager.patch(path, json=changes, headers={"If-Match": '"1"'}), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == pointers
    assert ok(await org.viewer.get(path)) == programme


@pytest.mark.parametrize("standard", [ISO, OTHER])
async def test_a_standard_that_fixes_no_period_leaves_it_to_the_organisation(
    org: Organisation, standard: dict[str, object]
) -> None:
    own = DRAFT | standard
    with_one = created(await org.manager.post("/v1/programmes", json=own))
    assert (with_one["as_of_date"], with_one["period_start"]) == (None, "2026-01-01")
    none = {"period_start": None, "period_end": None}
    path, first = f"/v1/programmes/{with_one['id']}", {"If-Match": '"1"'}
    without = ok(await org.manager.patch(path, json=none, headers=first))
    assert (without["period_start"], without["period_end"]) == (None, None)


async def test_a_programme_ends_once_with_a_reason(org: Organisation, other_org: Organisation) -> None:
    programme = created(await org.manager.post("/v1/programmes", json=DRAFT))
    path = f"/v1/programmes/{programme['id']}"
    closure = {"outcome": "completed", "reason": "The report was issued."}
    problem(await org.manager.post(f"{path}/closures", json={"outcome": "completed"}), 422, "invalid")
    problem(await org.manager.post(f"{path}/closures", json=closure | {"outcome": "active"}), 422, "invalid")
    problem(await other_org.manager.post(f"{path}/closures", json=closure), 404, "not-found")
    closed = ok(await org.manager.post(f"{path}/closures", json=closure))
    assert (closed["status"], closed["closed_because"]) == ("completed", "The report was issued.")
    problem(await org.manager.post(f"{path}/closures", json=closure), 409, "conflict")
    problem(await org.manager.patch(path, json={"title": "Again"}, headers={"If-Match": "*"}), 409, "conflict")
    since = {"updated_since": closed["closed_at"], "status": "completed"}
    assert ok(await org.viewer.get("/v1/programmes", params=since))["items"] == [closed]
