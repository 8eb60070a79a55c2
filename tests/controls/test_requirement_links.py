"""Requirement links: a check tests the controls that answer what it names, and a result says by which way."""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.controls.frameworks.requirements.rules import Asked, RequirementIndex
from services.controls.reported.requirement_links import rules
from services.controls.reported.requirement_links.rules import MOST_CONTROLS, Answer, Following, meant, reached
from shared.clock import new_id
from shared.events.catalogue.facts import CheckReported, NamedRequirement
from tests.controls.given import control, crosswalk, entry, programme
from tests.support import Organisation, created, eventually, ok, problem

SOURCE = "nightly: openscap"
RULE = "xccdf_com.example_rule_"
SCAN = Path(__file__).parents[1] / "integrations" / "results" / "openscap.xccdf.xml"


async def followed(org: Organisation, **changes: Any) -> dict[str, Any]:
    return created(await org.manager.post("/v1/requirement-links", json={"source": SOURCE} | changes))


async def scanned(org: Organisation, content: bytes) -> None:
    answer = await org.monitor.post("/v1/result-files", content=content, params={"source": SOURCE})
    assert answer.is_success, answer.text


async def results(org: Organisation, count: int) -> dict[tuple[str, str], dict[str, Any]]:
    """All results as soon as there are so many, by control and check."""

    async def all_of_them() -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = ok(await org.viewer.get("/v1/test-results"))["items"]
        return items if len(items) == count else None

    return {(each["control_id"], each["check"].removeprefix(RULE)): each for each in await eventually(all_of_them)}


async def test_checks_test_the_controls_that_answer_what_they_name(org: Organisation) -> None:
    direct = await control(org, "AC-01", ["sp800-53:AC-3"])
    related = await control(org, "CM-01", ["soc2:CC7.1"])
    loosely = await control(org, "CM-02", ["soc2:CC8.1"])
    draft = await control(org, "AC-02", ["sp800-53:AC-3"], until="draft")
    own = await crosswalk(org, source="soc2", target="sp800-53")
    await entry(org, own, "soc2:CC7.1", "sp800-53:CM-6", "equal")
    await entry(org, own, "soc2:CC8.1", "sp800-53:CM-6", "intersects_with")
    link = await followed(org, tool="openscap", valid_days=400)
    assert ok(await org.viewer.get(f"/v1/requirement-links/{link['id']}")) == link
    assert ok(await org.viewer.get("/v1/requirement-links", params={"source": SOURCE}))["items"] == [link]
    assert link["relations"] == ["equal", "superset_of"]
    (told,) = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": link["id"]}))["items"]
    assert (told["type"], told["data"]["source"]) == ("controls.requirement_link.linked", SOURCE)
    # The check is linked to the control by itself as well: the requirement comes first, and there is one result.
    check = {"control": "AC-01", "source": SOURCE, "check": f"{RULE}passwd_present"}
    created(await org.manager.post("/v1/check-links", json=check))
    by_hand = {"control": "CM-02", "source": SOURCE, "check": f"{RULE}by_hand"}
    explicit = created(await org.manager.post("/v1/check-links", json=by_hand))
    await scanned(org, SCAN.read_bytes())
    found = await results(org, 3)
    passed, failed = found[direct, "passwd_present"], found[related, "policy_present"]
    assert (passed["outcome"], failed["outcome"]) == ("pass", "fail")
    assert passed["via"] == {
        "link": "requirement_link",
        "link_id": link["id"],
        "named": "NIST-800-53 AC-3",
        "requirement": "sp800-53:AC-3",
        "answers": "sp800-53:AC-3",
        "relation": None,
        "crosswalk": None,
        "adopted": False,
    }
    assert failed["via"] == {
        "link": "requirement_link",
        "link_id": link["id"],
        "named": "NIST-800-53 CM-6(a)",
        "requirement": "sp800-53:CM-6",
        "answers": "soc2:CC7.1",
        "relation": "equal",
        "crosswalk": "own",
        "adopted": False,
    }
    unchecked = found[loosely, "by_hand"]
    assert (unchecked["outcome"], unchecked["via"]["link"]) == ("inconclusive", "check_link")
    assert unchecked["via"]["link_id"] == explicit["id"]
    assert (await results(org, 3)).keys() & {(draft, "passwd_present")} == set()
    assert ok(await org.viewer.get(f"/v1/controls/{related}/health"))["state"] == "failing"


async def test_relations_that_the_link_names_are_followed_until_it_is_retired(org: Organisation) -> None:
    loosely = await control(org, "CM-02", ["soc2:CC8.1"])
    own = await crosswalk(org, source="soc2", target="sp800-53")
    await entry(org, own, "soc2:CC8.1", "sp800-53:AC-3", "intersects_with")
    link = await followed(org, relations=["intersects_with", "equal", "equal"])
    assert link["relations"] == ["equal", "intersects_with"]
    await scanned(org, SCAN.read_bytes())
    first = (await results(org, 1))[loosely, "passwd_present"]
    assert (first["via"]["relation"], first["via"]["answers"]) == ("intersects_with", "soc2:CC8.1")
    path = f"/v1/requirement-links/{link['id']}/retirements"
    retired = ok(await org.manager.post(path, json={"reason": "The scanner is replaced."}))
    assert retired["status"] == "retired"
    problem(await org.manager.post(path, json={"reason": "Again."}), 409, "conflict")
    exact = await control(org, "AC-01", ["sp800-53:AC-3"])
    await followed(org, relations=[])
    await scanned(org, SCAN.read_bytes().replace(b"09:00:00", b"10:00:00"))
    found = await results(org, 2)
    assert found.keys() == {(loosely, "passwd_present"), (exact, "passwd_present")}


async def test_what_was_adopted_as_covering_the_requirement_is_followed(org: Organisation) -> None:
    adopting = await control(org, "AC-01", ["soc2:CC6.3"])
    going = await programme(org, framework="iso27001", report_type="iso27001_certification", categories=[])
    ok(await org.manager.post(f"/v1/programmes/{going}/adoptions", json={}))
    await followed(org, relations=[])
    named = "".join(
        f"<testcase name='{ref}'><properties><property name='requirement' value='ISO27001-2022:{ref}'/></properties>"
        "</testcase>"
        for ref in ("A.8.2", "A.5.18")  # covered in full, and in part
    )
    await scanned(org, f"<testsuite>{named}</testsuite>".encode())
    found = await results(org, 1)
    way = found[adopting, "A.8.2"]["via"]
    assert (way["adopted"], way["requirement"], way["answers"]) == (True, "iso27001:A.8.2", "soc2:CC6.3")
    assert (way["relation"], way["crosswalk"]) == ("superset_of", "soc2-iso27001")


async def test_what_cannot_be_followed_is_refused(org: Organisation, other_org: Organisation) -> None:
    link = await followed(org)
    problem(await org.manager.post("/v1/requirement-links", json={"source": SOURCE}), 409, "already-followed")
    for sources in ({}, {"source": SOURCE, "source_id": str(uuid.uuid4())}):
        refused = problem(await org.manager.post("/v1/requirement-links", json=sources), 422, "invalid")
        assert {each["pointer"] for each in refused["errors"]} == {"/source_id", "/source"}
    odd = {"source": SOURCE, "relations": ["of another world"], "valid_days": 0}
    refused = problem(await org.manager.post("/v1/requirement-links", json=odd), 422, "invalid")
    assert {each["pointer"] for each in refused["errors"]} == {"/relations/0", "/valid_days"}
    problem(await org.viewer.post("/v1/requirement-links", json={"source": "other"}), 403, "forbidden")
    problem(await org.monitor.get("/v1/requirement-links"), 403, "forbidden")
    problem(await other_org.viewer.get(f"/v1/requirement-links/{link['id']}"), 404, "not-found")
    path = f"/v1/requirement-links/{link['id']}/retirements"
    problem(await other_org.manager.post(path, json={"reason": "Not ours."}), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/requirement-links"))["items"] == []


INDEX = RequirementIndex(
    Asked(framework, title, ref, aimed=False)
    for framework, title, refs in (
        ("sp800-53", "NIST SP 800-53", ("AC-3", "AC-6(1)", "IA-5(1)", "CM-6", "AU-2")),
        ("soc2", "SOC 2", ("CC6.1", "A1.2")),
        ("iso27001", "ISO/IEC 27001", ("A.5.18", "5.1")),
    )
    for ref in refs
)


@pytest.mark.parametrize(
    ("framework", "reference", "requirement"),
    [
        ("NIST-800-53-Revision-5", "ac_3", "sp800-53:AC-3"),
        ("NIST-800-53", "IA-5(1)(a)", "sp800-53:IA-5(1)"),
        ("NIST-800-53", "CM-6 b", "sp800-53:CM-6"),
        ("NIST-800-53", "AC-99", None),
        ("OSCAL", "ac-6.1", "sp800-53:AC-6(1)"),
        ("OSCAL", "au-2", "sp800-53:AU-2"),
        ("SOC2", "cc_6_1", "soc2:CC6.1"),
        ("ISO27001-2022", "A.5.18", "iso27001:A.5.18"),
        ("CIS-2.0", "5.1", None),
        ("CWE", "CWE-787", None),
        ("", "", None),
    ],
)
def test_a_requirement_is_known_by_the_words_of_tools(framework: str, reference: str, requirement: str | None) -> None:
    assert meant(INDEX, framework, reference) == requirement


def reported(*named: str, **changes: Any) -> CheckReported:
    said: dict[str, Any] = {
        "source_id": None,
        "source": SOURCE,
        "source_kind": "result_file",
        "thing": "c",
        "run": "1",
        "state": "pass",
        "observed_at": datetime(2026, 6, 30, 12, tzinfo=UTC),
        "evidence": True,
        "url": None,
        "tool": "openscap",
        "requirements": tuple(NamedRequirement(framework="F", requirement=each) for each in named),
    }
    return CheckReported(**said | changes)


LINK = Following(new_id(), None, SOURCE, None, frozenset({"equal"}), None)
KNOWN = {("F", "a"): "f:a", ("F", "b"): "f:b"}


def controls_of(event: CheckReported, *answers: Answer, link: Following = LINK) -> list[tuple[uuid.UUID, str | None]]:
    by_requirement = {"f:a": list(answers)}
    return [(each.control_id, each.way.relation) for each in reached([link], event, KNOWN, by_requirement)]


def test_the_nearest_way_is_taken_and_only_what_the_link_follows() -> None:
    one, other = new_id(), new_id()
    ways = [
        Answer(one, "f:a", "g:1", "equal", "x"),
        Answer(one, "f:a", "f:a"),
        Answer(other, "f:a", "g:2", "related", "x"),
        Answer(other, "f:a", "g:3", "superset_of", "x", adopted=True),
    ]
    assert controls_of(reported("a"), *ways) == [(one, None), (other, "superset_of")]
    assert controls_of(reported("a"), ways[2]) == []
    assert controls_of(reported("b", "c"), *ways) == []
    assert controls_of(reported(), *ways) == []


@pytest.mark.parametrize(
    "changes",
    [{"evidence": False}, {"source": "another"}, {"source_id": new_id()}, {"tool": "Prowler"}],
)
def test_what_another_reports_or_what_proves_nothing_is_not_followed(changes: dict[str, Any]) -> None:
    link = Following(new_id(), None, SOURCE, "openscap", frozenset(), None)
    assert len(controls_of(reported("a"), Answer(new_id(), "f:a", "f:a"), link=link)) == 1
    assert controls_of(reported("a", **changes), Answer(new_id(), "f:a", "f:a"), link=link) == []


def test_what_would_reach_too_many_controls_reaches_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_CONTROLS == 100
    monkeypatch.setattr(rules, "MOST_CONTROLS", 2)
    answers = [Answer(new_id(), "f:a", "f:a") for _ in range(3)]
    assert controls_of(reported("a"), *answers) == []
    assert len(controls_of(reported("a"), *answers[:2])) == 2
