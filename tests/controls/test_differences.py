"""What differs between two versions of a framework."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.controls.documents.contents import Entry
from services.controls.frameworks.differences.rules import changed, changes_of, missing
from tests.controls.documents import JSON, own_framework, send, shipped
from tests.support import Organisation, created, ok, problem

_ENTRIES = st.lists(
    st.builds(
        Entry,
        ref=st.sampled_from([f"R-{number}" for number in range(8)]),
        title=st.sampled_from(["One", "Another"]),
        text=st.none() | st.sampled_from(["Do it.", "Do it well."]),
        categories=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
        assessed=st.booleans(),
    ),
    unique_by=lambda entry: entry.ref,
)


@given(_ENTRIES)
def test_a_version_does_not_differ_from_itself(entries: list[Entry]) -> None:
    assert missing(entries, entries) == []
    assert changed(entries, list(reversed(entries))) == []


@given(_ENTRIES, _ENTRIES)
def test_the_differences_lead_from_one_version_to_the_other(old: list[Entry], new: list[Entry]) -> None:
    removed = {each.ref for each in missing(old, new)}
    became: dict[str, dict[str, Any]] = {
        each.ref: {change.member: change.new for change in each.changes} for each in changed(old, new)
    }
    arrived = [entry for entry in new if entry.ref in {each.ref for each in missing(new, old)}]
    rebuilt = [
        replace(entry, **_as_stored(became.get(entry.ref, {}))) for entry in old if entry.ref not in removed
    ] + arrived
    assert {entry.ref: _set(entry) for entry in rebuilt} == {entry.ref: _set(entry) for entry in new}


@given(_ENTRIES, _ENTRIES)
def test_the_way_back_is_the_way_there_reversed(old: list[Entry], new: list[Entry]) -> None:
    there = {each.ref: each.changes for each in changed(old, new)}
    back = {each.ref: each.changes for each in changed(new, old)}
    assert there.keys() == back.keys()
    for ref, changes in there.items():
        assert [(each.member, each.old, each.new) for each in changes] == [
            (each.member, each.new, each.old) for each in back[ref]
        ]


def test_the_order_of_categories_is_no_change() -> None:
    entry = Entry("R-1", "One", categories=("a", "b"))
    assert changes_of(entry, replace(entry, categories=("b", "a"))) == []


def _as_stored(members: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in members.items()}


def _set(entry: Entry) -> Entry:
    return replace(entry, categories=tuple(sorted(entry.categories)))


async def test_another_version_is_compared_member_by_member(org: Organisation, other_org: Organisation) -> None:
    framework = await own_framework(org)
    rows: list[dict[str, Any]] = [{"ref": f"R-{number}", "title": f"Rule {number}"} for number in range(4)]
    first = created(await send(org, framework, {"label": "1", "requirements": rows}, JSON))["id"]
    rows[1] = {"ref": "R-1", "title": "Another", "text": "Do it.", "assessed": False}
    changed_rows = [*rows[1:], {"ref": "R-9", "title": "New"}]
    second = created(await send(org, framework, {"label": "2", "requirements": changed_rows}, JSON))["id"]
    path = f"/v1/framework-versions/{first}/differences"
    answer = await org.viewer.get(path, params={"to": second})
    body = ok(answer)
    assert body == {
        "framework": "own",
        "from_version_id": first,
        "from_version": "1",
        "to_version_id": second,
        "to_version": "2",
        "added": [{"ref": "R-9", "title": "New", "assessed": True}],
        "removed": [{"ref": "R-0", "title": "Rule 0", "assessed": True}],
        "changed": [
            {
                "ref": "R-1",
                "title": "Another",
                "changes": [
                    {"member": "title", "old": "Rule 1", "new": "Another"},
                    {"member": "text", "old": None, "new": "Do it."},
                    {"member": "assessed", "old": True, "new": False},
                ],
            }
        ],
        "unchanged": 2,
    }
    known = {"If-None-Match": answer.headers["ETag"]}
    assert (await org.viewer.get(path, params={"to": second}, headers=known)).status_code == 304
    problem(await org.monitor.get(path, params={"to": second}), 403, "forbidden")
    problem(await other_org.viewer.get(path, params={"to": second}), 404, "not-found")
    for elsewhere in (await shipped(org, "soc2"), framework):
        refused = problem(await org.viewer.get(path, params={"to": elsewhere}), 422, "invalid")
        assert refused["errors"][0]["pointer"] == "query/to"
