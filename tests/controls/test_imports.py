"""Versions of own frameworks come in as OSCAL, JSON and CSV, and go out as the same bytes."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator

from services.controls.documents.contents import Entry, Published
from services.controls.documents.writing import written
from shared.clock import new_id, now
from tests.controls.documents import (
    CATALOGUE,
    CSV,
    JSON,
    PROFILE,
    catalogue,
    control,
    nist,
    own_framework,
    profile,
    requirements,
    send,
    shipped,
)
from tests.controls.given import dates_of
from tests.support import Organisation, created, ok, problem

_SCHEMA = Path(__file__).parents[2] / "services/controls/shipped/oscal/oscal_catalog_schema.json"
_VALID = Draft7Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")), validate_formats=True)
OBJECTIVES = """ref,title,text,kind,group,group_title,categories,parent,assessed,assertions
CO-1,Payroll changes are authorised,"Changes are approved
by two people",control_objective,CO,Payroll,payroll,,,occurrence;accuracy
CO-1.1,"Who approves, is named",,control_objective,CO,Payroll,payroll;people,CO-1,yes,
CO-2,Retired objective,,control_objective,CO,Payroll,,,no,
"""


@pytest.mark.parametrize(
    ("name", "label", "entries", "assessed", "remarks"),
    [("nist-csf-2.0.oscal.json", "1.0.0", 219, 207, 0), ("nist-sp800-171-r3.oscal.json", "1.0.0", 227, 97, 64)],
)
async def test_a_catalogue_of_nist_goes_out_as_it_came(
    org: Organisation, name: str, label: str, entries: int, assessed: int, remarks: int
) -> None:
    raw = nist(name)
    response = await send(org, await own_framework(org), raw)
    version = created(response)
    assert response.headers["Location"] == f"/v1/framework-versions/{version['id']}"
    assert ok(await org.viewer.get(response.headers["Location"])) == version
    assert (version["label"], version["origin"], version["requirement_count"]) == (label, "oscal", assessed)
    assert len(version["remarks"]) == remarks
    assert len(await requirements(org, version["id"])) == entries
    exported = await org.viewer.get(f"/v1/framework-versions/{version['id']}/document")
    assert exported.content == raw
    assert exported.headers["Content-Type"] == CATALOGUE
    assert exported.headers["ETag"] == f'"{hashlib.sha256(raw).hexdigest()}"' == f'"{version["sha256"]}"'
    known = {"If-None-Match": exported.headers["ETag"]}
    again = await org.viewer.get(f"/v1/framework-versions/{version['id']}/document", headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_controls_in_a_catalogue_read_as_nist_prints_them(org: Organisation) -> None:
    version = created(await send(org, await own_framework(org), nist("nist-csf-2.0.oscal.json")))["id"]
    (first, *_) = await requirements(org, version, q="GV.OC-01")
    assert first["title"] == "The organizational mission is understood and informs cybersecurity risk management"
    assert (first["parent_ref"], first["group_ref"], first["kind"]) == ("GV.OC", "GV", "subcategory")


@pytest.mark.parametrize("code", ["soc2", "iso27001", "nist-csf", "sp800-53", "sp800-171"])
async def test_what_comes_with_attest_goes_out_as_oscal_and_comes_back_equal(org: Organisation, code: str) -> None:
    version = await shipped(org, code)
    exported = await org.viewer.get(f"/v1/framework-versions/{version}/document")
    assert exported.headers["Content-Type"] == CATALOGUE
    assert [str(error)[:200] for error in _VALID.iter_errors(exported.json())] == []
    copy = created(await send(org, await own_framework(org), exported.content))
    assert copy["remarks"] == []
    original = ok(await org.viewer.get(f"/v1/framework-versions/{version}"))
    assert (copy["label"], copy["categories"]) == (original["label"], original["categories"])
    assert [_told(each) for each in await requirements(org, copy["id"])] == [
        _told(each) for each in await requirements(org, version)
    ]


async def test_control_objectives_of_a_soc_1_come_as_csv(org: Organisation) -> None:
    framework = await own_framework(org, "payroll", scheme="soc1")
    for label, raw in (("plain", OBJECTIVES.encode()), ("excel", b"\xef\xbb\xbf" + OBJECTIVES.encode())):
        version = created(await send(org, framework, raw, CSV, label=label))
        assert (version["origin"], version["requirement_count"]) == ("csv", 2)
        assert [each["code"] for each in version["categories"]] == ["payroll", "people"]
        first, second, third = await requirements(org, version["id"])
        assert first["text"] == "Changes are approved\nby two people"
        assert (second["parent_ref"], second["categories"]) == ("CO-1", ["payroll", "people"])
        assert third["assessed"] is False
        assert [each["assertions"] for each in (first, second, third)] == [["occurrence", "accuracy"], [], []]
        exported = await org.viewer.get(f"/v1/framework-versions/{version['id']}/document")
        assert exported.content == raw
        assert exported.headers["Content-Type"] == "text/csv; charset=utf-8"
        as_oscal = await org.viewer.get(f"/v1/framework-versions/{version['id']}/document?as=catalogue")
        assert _VALID.is_valid(as_oscal.json())
    newest = ok(await org.viewer.get("/v1/framework-versions", params={"framework_id": framework}))["items"]
    assert [each["label"] for each in newest] == ["excel", "plain"]


async def test_the_example_of_control_objectives_comes_in(org: Organisation) -> None:
    raw = (Path(__file__).parents[2] / "docs/examples/soc1-control-objectives.csv").read_bytes()
    version = created(await send(org, await own_framework(org, "payroll", scheme="soc1"), raw, CSV, label="2026"))["id"]
    objectives = await requirements(org, version)
    assert len(objectives) == 4
    assert all(each["assertions"] and each["text"] for each in objectives)
    unknown = OBJECTIVES.replace("occurrence;accuracy", "occurrence;truth").encode()
    refused = await send(org, await own_framework(org, "other", scheme="soc1"), unknown, CSV, label="2026")
    assert [each["pointer"] for each in problem(refused, 422, "document-invalid")["errors"]] == [
        "/rows/2/assertions",
        "/rows/3/parent",
    ]


async def test_a_programme_and_controls_use_what_was_imported(org: Organisation) -> None:
    framework = await own_framework(org, "payroll", scheme="soc1")
    created(await send(org, framework, OBJECTIVES.encode(), CSV, label="2026"))
    draft = {
        "title": "SOC 1 Type 2",
        "framework": "payroll",
        "report_type": "soc1_type2",
        "categories": ["people"],
        "system": {"services": ["Payroll"]},
        "owner": "dana@example.com",
        "target_date": "2027-03-31",
        **dates_of("soc1_type2"),
    }
    programme = created(await org.manager.post("/v1/programmes", json=draft))
    assert (programme["framework_version"], programme["requirements_in_scope"]) == ("2026", 1)
    (missing,) = ok(await org.viewer.get(f"/v1/programmes/{programme['id']}/readiness"))["missing"]
    assert (missing["code"], missing["path"]) == (
        "objective_without_assertion",
        f"/v1/frameworks/{framework}/versions",
    )
    named = OBJECTIVES.replace("payroll;people,CO-1,yes,", "payroll;people,CO-1,yes,completeness")
    version = created(await send(org, framework, named.encode(), CSV, label="2027"))["id"]
    move = {"framework_version_id": version}
    created(await org.manager.post(f"/v1/programmes/{programme['id']}/upgrades", json=move))
    assert ok(await org.viewer.get(f"/v1/programmes/{programme['id']}/readiness"))["missing"] == []
    control_draft = {
        "code": "PAY-1",
        "title": "Two people approve",
        "statement": "Two people approve.",
        "owner": "dana@example.com",
        "kind": "preventive",
        "nature": "manual",
        "frequency": "monthly",
        "requirements": ["payroll:CO-1.1"],
    }
    created(await org.manager.post("/v1/controls", json=control_draft))
    refused = await org.manager.post("/v1/controls", json=control_draft | {"requirements": ["payroll:CO-2"]})
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/requirements/0"


async def test_our_own_json_goes_out_as_it_came(org: Organisation) -> None:
    document: dict[str, Any] = {
        "label": "2026",
        "categories": [{"code": "core", "title": "Core", "always": True}],
        "requirements": [{"ref": "R-1", "title": "Ä rule", "categories": ["core"]}, {"ref": "R-2", "title": "Another"}],
    }
    raw = json.dumps(document, indent=3).encode()
    version = created(await send(org, await own_framework(org), raw, JSON))
    assert (version["label"], version["origin"], version["requirement_count"]) == ("2026", "json", 2)
    exported = await org.viewer.get(f"/v1/framework-versions/{version['id']}/document")
    assert (exported.content, exported.headers["Content-Type"]) == (raw, JSON)


@pytest.mark.parametrize(("name", "count"), [("low", 149), ("moderate", 287), ("high", 370), ("privacy", 96)])
async def test_a_baseline_of_nist_resolves_against_what_is_shipped(org: Organisation, name: str, count: int) -> None:
    raw = nist(f"nist-sp800-53-5.1.1-{name}.profile.json")
    base = await shipped(org, "sp800-53")
    version = created(await send(org, await own_framework(org), raw, PROFILE, base=base))
    assert (version["origin"], version["requirement_count"], version["bases"]) == ("profile", count, [base])
    ours = {each["ref"] for each in await requirements(org, version["id"])}
    assert ours == {each["ref"] for each in await requirements(org, base, category=name)}
    exported = await org.viewer.get(f"/v1/framework-versions/{version['id']}/document")
    assert exported.content == raw
    resolved = await org.viewer.get(f"/v1/framework-versions/{version['id']}/document?as=catalogue")
    assert _VALID.is_valid(resolved.json())


async def test_a_profile_is_resolved_against_one_that_was_imported(org: Organisation) -> None:
    framework = await own_framework(org)
    group = {"id": "g", "title": "Group", "controls": [control("a-1"), control("a-2")]}
    base = created(await send(org, framework, catalogue(group)))["id"]
    narrow = profile({"href": "x", "include-all": {}, "exclude-controls": [{"with-ids": ["a-1"]}]}, version="2.0")
    middle = created(await send(org, framework, narrow, PROFILE, base=base))["id"]
    both = profile(
        {"href": "y", "include-all": {}}, {"href": "z", "include-all": {}}, merge={"combine": {}, "flat": {}}
    )
    response = await send(org, framework, both, PROFILE, base=[middle, base], label="3.0")
    assert [each["ref"] for each in await requirements(org, created(response)["id"])] == ["a-2", "a-1"]
    unresolvable = profile({"href": "x", "include-controls": [{"with-ids": ["a-1", "a-3", "a-4"]}]})
    refused = problem(await send(org, framework, unresolvable, PROFILE, base=middle), 422, "document-invalid")
    assert [each["pointer"] for each in refused["errors"]] == [
        f"/profile/imports/0/include-controls/0/with-ids/{number}" for number in range(3)
    ]


async def test_a_catalogue_of_ten_megabytes_is_imported(org: Organisation) -> None:
    text = "\n".join(f"  {line}. What is asked for is laid down, followed and looked after. " * 6 for line in "abcd")
    entries = [
        Entry(f"R-{n}", f"Requirement {n}", text, group_ref=f"G{n % 20}", group_title="Group") for n in range(5_500)
    ]
    document = written(Published(new_id(), "Large", "Example Ltd", "1.0", now()), entries, [])
    raw = json.dumps(document, indent=1).encode()
    assert len(raw) > 10_000_000
    version = created(await send(org, await own_framework(org), raw))
    assert version["requirement_count"] == 5_500
    assert (await org.viewer.get(f"/v1/framework-versions/{version['id']}/document")).content == raw


def _told(requirement: dict[str, Any]) -> dict[str, Any]:
    own = {"id", "version_id", "oscal_id", "created_at", "updated_at"}
    return {name: value for name, value in requirement.items() if name not in own}
