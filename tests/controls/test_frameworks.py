"""Frameworks: those that come with Attest, complete, and the organisation's own."""

from typing import Any

import pytest

from tests.support import Organisation, created, ok, problem

OWN = {"code": "acme", "title": "Control objectives", "publisher": "Example Payroll Ltd", "scheme": "soc1"}


async def _requirements(org: Organisation, framework: str, **query: str) -> list[dict[str, Any]]:
    frameworks = ok(await org.viewer.get("/v1/frameworks"))["items"]
    found = next(each["id"] for each in frameworks if each["code"] == framework)
    (edition,) = ok(await org.viewer.get("/v1/framework-versions", params={"framework_id": found}))["items"]
    items: list[dict[str, Any]] = []
    page: dict[str, str] = {"version_id": edition["id"], "limit": "200", **query}
    while True:
        answer = ok(await org.viewer.get("/v1/requirements", params=page))
        items += answer["items"]
        if answer["next_cursor"] is None:
            return items
        page["cursor"] = answer["next_cursor"]


@pytest.mark.parametrize(
    ("framework", "query", "count"),
    [
        ("soc2", {}, 61),
        ("soc2", {"category": "security"}, 33),
        ("soc2", {"category": "availability"}, 3),
        ("soc2", {"category": "confidentiality"}, 2),
        ("soc2", {"category": "processing_integrity"}, 5),
        ("soc2", {"category": "privacy"}, 18),
        ("iso27001", {"q": "A."}, 93),
        ("iso27001", {}, 123),
        ("nist-csf", {"assessed": "true"}, 106),
        ("nist-csf", {"assessed": "false"}, 22),
        ("sp800-53", {}, 1196),
        ("sp800-53", {"assessed": "true"}, 1014),
        ("sp800-53", {"category": "low"}, 149),
        ("sp800-53", {"category": "moderate"}, 287),
        ("sp800-53", {"category": "high"}, 370),
        ("sp800-53", {"category": "privacy"}, 96),
        ("sp800-171", {"assessed": "true"}, 97),
    ],
)
async def test_what_comes_with_attest_is_complete(
    org: Organisation, framework: str, query: dict[str, str], count: int
) -> None:
    found = await _requirements(org, framework, **query)
    assert len(found) == count
    assert len({each["ref"] for each in found}) == count
    positions = [each["position"] for each in found]
    assert positions == sorted(positions)


async def test_annex_a_has_four_themes(org: Organisation) -> None:
    found = [each for each in await _requirements(org, "iso27001") if each["kind"] == "annex_a_control"]
    groups = [each["group_ref"] for each in found]
    assert {group: groups.count(group) for group in set(groups)} == {"A.5": 37, "A.6": 8, "A.7": 14, "A.8": 34}


async def test_what_others_publish_is_told_in_our_words_only(org: Organisation) -> None:
    for framework in ("soc2", "iso27001"):
        assert {each["text"] for each in await _requirements(org, framework)} == {None}


async def test_an_organisation_defines_its_own(org: Organisation, other_org: Organisation) -> None:
    response = await org.manager.post("/v1/frameworks", json=OWN)
    framework = created(response)
    assert framework["shipped"] is False
    assert ok(await org.viewer.get(response.headers["Location"])) == framework
    problem(await other_org.viewer.get(response.headers["Location"]), 404, "not-found")
    codes = {each["code"] for each in ok(await other_org.viewer.get("/v1/frameworks"))["items"]}
    assert codes == {"soc2", "iso27001", "nist-csf", "sp800-53", "sp800-171"}


@pytest.mark.parametrize("code", ["acme", "soc2"])
async def test_a_code_names_one_framework(org: Organisation, code: str) -> None:
    created(await org.manager.post("/v1/frameworks", json=OWN))
    refused = await org.manager.post("/v1/frameworks", json=OWN | {"code": code})
    problem(refused, 409, "code-taken")


async def test_who_may_not_define_one_is_refused(org: Organisation) -> None:
    problem(await org.owner.post("/v1/frameworks", json=OWN), 403, "forbidden")
    problem(await org.monitor.get("/v1/frameworks"), 403, "forbidden")
