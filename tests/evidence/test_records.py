"""Structured records against their schema, and attestations by who is signed in."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evidence.collecting.record_schemas.rules import MOST_APPLIED, too_costly
from services.evidence.records.checking import compiled, faults_of
from services.evidence.records.problems import RecordSchemaUnusable
from tests.evidence.given import NOBODY, a_draft, an_expectation, submitted
from tests.support import Organisation, created, ok, problem

DOCUMENT: dict[str, Any] = {
    "type": "object",
    "required": ["users"],
    "properties": {
        "users": {
            "type": "array",
            "items": {"$ref": "#/$defs/user"},
        },
        "taken_at": {"type": "string", "format": "date-time"},
    },
    "$defs": {"user": {"type": "object", "required": ["name", "mfa"], "properties": {"mfa": {"const": True}}}},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


@given(st.dictionaries(st.text(), JSON))
def test_every_fault_has_a_pointer_that_leads_somewhere(record: dict[str, Any]) -> None:
    for fault in faults_of(record, DOCUMENT):
        here: Any = record
        for part in fault.pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            here = here[int(name)] if isinstance(here, list) else here[name]


@pytest.mark.parametrize(
    "document",
    [
        {"type": "nothing"},
        {"$ref": "http://127.0.0.1:1/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "#/$defs/nobody"},
        {"pattern": "("},
        {"$schema": "https://example.com/own-dialect"},
    ],
)
def test_what_is_no_schema_or_leads_outside_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(RecordSchemaUnusable, match="not a JSON Schema"):
        compiled(document)


def _doubling(levels: int) -> dict[str, Any]:
    """Each level refers twice to the next."""
    defined: dict[str, Any] = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]} for n in range(levels)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**defined, f"d{levels}": {"type": "object"}}}


# Doubles at each level of the record, which no look at the schema alone can forbid.
_BRANCHING: dict[str, Any] = {
    "$ref": "#/$defs/a",
    "$defs": {"a": {"properties": {"a": {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}}}},
}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (_doubling(26), "/$defs/d19"),
        ({"anyOf": [{"$ref": "#"}, {"type": "object"}]}, ""),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"if": {"$ref": "#/$defs/a"}}}}, "/$defs/a"),
        ({"allOf": [{"contains": {"const": n}} for n in range(200)]}, "/allOf/100"),
        ({"properties": {f"p{n}": {"unevaluatedProperties": False} for n in range(1_500)}}, "/properties/p100"),
        ({"properties": {"p": {"enum": list(range(5_000))}}}, "/properties/p/enum"),
        (
            {"properties": {f"p{n}": {"$ref": "#/$defs/a"} for n in range(600)}, "$defs": {"a": {}}},
            "/properties/p500/$ref",
        ),
        ({"anyOf": [{"const": n} for n in range(600)]}, ""),
        ({"$defs": {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(150)} | {"d150": {}}}, "/$defs/d100"),
        ({"properties": {"p": {"$dynamicRef": "#p"}}}, "/properties/p/$dynamicRef"),
        ({"$defs": {"a": {"$id": "https://example.com/a", "$defs": {"b": {}}}}}, "/$defs/a/$id"),
        ({"$ref": "#/title", "title": {"allOf": []}}, "/$ref"),
        ({"$ref": "other.json"}, "/$ref"),
        ({"$schema": "http://json-schema.org/draft-04/schema#"}, "/$schema"),
    ],
)
def test_a_schema_that_takes_too_long_is_refused_where_it_does(document: dict[str, Any], place: str) -> None:
    assert place in {fault.pointer for fault in too_costly(document)}


@pytest.mark.parametrize(
    "document",
    [
        DOCUMENT,
        _doubling(6),
        _BRANCHING,
        {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#"}}}},
        {
            "$id": "https://example.com/s",
            "$ref": "#one",
            "$defs": {"a/b": {"$anchor": "one"}, "c": {"$ref": "#/$defs/a~1b"}},
        },
        {"anyOf": [{"const": n} for n in range(MOST_APPLIED - 1)]},
    ],
)
def test_a_schema_of_common_size_is_not(document: dict[str, Any]) -> None:
    assert too_costly(document) == []
    compiled(document)


async def a_schema(org: Organisation, **changes: Any) -> dict[str, Any]:
    draft = {"code": "mfa-report", "title": "Accounts and their second factor", "document": DOCUMENT}
    return created(await org.manager.post("/v1/record-schemas", json=draft | changes))


async def handed_in(org: Organisation, expectation: dict[str, Any], record: Any, **changes: Any) -> Any:
    draft = a_draft(expectation, kind="record", url=None, record=record, **changes)
    return await org.owner.post("/v1/evidence", json=draft)


async def test_a_record_has_to_fit_the_schema_of_its_expectation(org: Organisation) -> None:
    schema = await a_schema(org)
    expectation = await an_expectation(org, kind="record", record_schema_id=schema["id"])
    bad = {"users": [{"name": "dana", "mfa": True}, {"name": "kim", "mfa": False}, {}], "taken_at": "yesterday"}
    refused = problem(await handed_in(org, expectation, bad), 422, "record-does-not-fit")
    pointers = {each["pointer"] for each in refused["errors"]}
    assert {"/record/users/1/mfa", "/record/users/2", "/record/taken_at"} <= pointers
    good = {"users": [{"name": "dana", "mfa": True}], "taken_at": "2026-04-01T09:00:00Z"}
    item = created(await handed_in(org, expectation, good))
    assert (item["record"], item["record_schema_ids"]) == (good, [schema["id"]])
    await submitted(org, expectation)


async def test_what_takes_too_long_is_refused_while_others_are_answered(org: Organisation) -> None:
    draft = {"code": "doubling", "title": "T", "document": _doubling(26)}
    refused = problem(await org.manager.post("/v1/record-schemas", json=draft), 422, "record-schema-unusable")
    assert refused["errors"][0]["pointer"] == "/document/$defs/d19"
    schema = await a_schema(org, document=_BRANCHING)
    expectation = await an_expectation(org, kind="record", record_schema_id=schema["id"])
    record: dict[str, Any] = {}
    for _ in range(29):
        record = {"a": record}
    checking = asyncio.create_task(handed_in(org, expectation, record))
    answered = 0
    while not checking.done():
        ok(await org.viewer.get("/v1/record-schemas"))
        answered += 1
    assert "processor time" in problem(await checking, 422, "limit-exceeded")["detail"]
    assert answered > 5
    created(await handed_in(org, expectation, {"a": {}}))


async def test_evidence_may_name_a_schema_itself(org: Organisation) -> None:
    schema, expectation = await a_schema(org), await an_expectation(org)
    problem(await handed_in(org, expectation, {}, record_schema_id=schema["id"]), 422, "record-does-not-fit")
    unknown = problem(await handed_in(org, expectation, {}, record_schema_id=NOBODY), 422, "unknown-record-schema")
    assert unknown["errors"][0]["pointer"] == "/record_schema_id"
    link = await org.owner.post("/v1/evidence", json=a_draft(expectation, record_schema_id=schema["id"]))
    assert problem(link, 422, "invalid")["errors"][0]["pointer"] == "/record_schema_id"


async def test_a_schema_never_changes_and_the_next_has_the_next_number(org: Organisation) -> None:
    first = await a_schema(org)
    second = await a_schema(org, title="With e-mail addresses")
    assert (first["number"], second["number"]) == (1, 2)
    assert ok(await org.viewer.get(f"/v1/record-schemas/{first['id']}")) == first
    listed = ok(await org.viewer.get("/v1/record-schemas", params={"code": "mfa-report"}))["items"]
    assert [each["id"] for each in listed] == [second["id"], first["id"]]
    for document in ({"$ref": "https://example.com/s.json"}, {"type": "nothing"}):
        draft = {"code": "c", "title": "T", "document": document}
        refused = problem(await org.manager.post("/v1/record-schemas", json=draft), 422, "record-schema-unusable")
        assert refused["errors"][0]["pointer"].startswith("/document")
    problem(await org.owner.post("/v1/record-schemas", json={}), 403, "forbidden")


async def test_a_schema_is_one_organisations(org: Organisation, other_org: Organisation) -> None:
    schema = await a_schema(org)
    problem(await other_org.viewer.get(f"/v1/record-schemas/{schema['id']}"), 404, "not-found")
    theirs = await an_expectation(other_org)
    path = f"/v1/expectations/{theirs['id']}"
    named = {"record_schema_id": schema["id"]}
    refused = await other_org.manager.patch(path, json=named, headers={"If-Match": "*"})
    problem(refused, 422, "unknown-record-schema")
    problem(await handed_in(other_org, theirs, {}, **named), 422, "unknown-record-schema")
    draft = {name: theirs[name] for name in ("control_id", "title", "description", "kind", "freshness_days")}
    draft |= {"expiring_days": theirs["expiring_days"], "owner": "dana@example.com", **named}
    problem(await other_org.manager.post("/v1/expectations", json=draft), 422, "unknown-record-schema")


async def test_an_attestation_says_who_was_signed_in_and_as_what(org: Organisation) -> None:
    expectation = await an_expectation(org, kind="attestation")
    words = {"kind": "attestation", "url": None, "statement": "I reviewed every account."}
    item = await submitted(org, expectation, **words, attestor_role="Head of infrastructure")
    assert item["attestor"] == item["submitter"] != "Head of infrastructure"
    assert (item["statement"], item["attestor_role"]) == ("I reviewed every account.", "Head of infrastructure")
    link = await org.owner.post("/v1/evidence", json=a_draft(expectation, attestor_role="CEO"))
    assert problem(link, 422, "invalid")["errors"][0]["pointer"] == "/attestor_role"
    assert (await submitted(org, expectation))["attestor"] is None
