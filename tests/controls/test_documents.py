"""Documents without a stack: what is written reads the same, what is selected is what the profile says."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.documents.catalogue import contents_of
from services.controls.documents.contents import Assertion, Entry, Origin, Part, Published
from services.controls.documents.faults import DocumentInvalid
from services.controls.documents.oscal import check_catalogue, check_profile
from services.controls.documents.profiles import Imported, resolve
from services.controls.documents.sources import understand
from services.controls.documents.writing import written
from shared.clock import new_id, now
from shared.problems import Fault
from tests.controls.documents import CATALOGUE, catalogue, control, profile

_REFS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._()/-]{0,12}", fullmatch=True)
_LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=30
)
_PROSE = _LINES.filter(lambda text: "{{" not in text)


@st.composite
def _entries(draw: st.DrawFn) -> list[Entry]:
    """Requirements as any version has them: groups, parents among those before, categories, headings."""
    refs = draw(st.lists(_REFS, min_size=1, max_size=12, unique=True))
    entries: list[Entry] = []
    for ref in refs:
        group = draw(st.sampled_from(["", "G-1", "G-2"]))
        entries.append(
            Entry(
                ref=ref,
                title=draw(_PROSE),
                text=draw(st.none() | _PROSE),
                kind=draw(st.sampled_from(["criterion", "control"])),
                group_ref=group,
                group_title=f"Group {group}" if group else "",
                categories=tuple(draw(st.lists(st.sampled_from(["core", "more"]), unique=True))),
                assertions=tuple(draw(st.lists(st.sampled_from([*map(str, Assertion)]), unique=True))),
                parent_ref=draw(st.none() | st.sampled_from([each.ref for each in entries])) if entries else None,
                assessed=draw(st.booleans()),
            )
        )
    return entries


def _plain(entry: Entry) -> Entry:
    return dataclasses.replace(entry, oscal_id=None)


@given(_entries())
def test_what_is_written_as_oscal_is_valid_and_reads_the_same(entries: list[Entry]) -> None:
    parts = [Part("core", "Core", always=True), Part("more", "More")]
    document = written(Published(new_id(), "Example", "Example Ltd", "1.0", now()), entries, parts)
    remarks: list[Fault] = []
    check_catalogue(document, remarks=remarks)
    assert remarks == []
    understood = understand(json.dumps(document).encode(), CATALOGUE, [])
    assert understood.origin == Origin.OSCAL
    read = {each.ref: each for each in understood.contents.entries}
    for entry in entries:
        came = _plain(read[entry.ref])
        # A heading without text has others in it; a title that only repeats the reference is read as the statement.
        heading = entry.text is None and any(each.parent_ref == entry.ref for each in entries)
        assert came.assessed == (entry.assessed and not (heading and _nests(entry, entries)))
        assert dataclasses.replace(came, assessed=entry.assessed) == _titled(entry, read[entry.ref].oscal_id)
    assert (understood.contents.label, list(understood.contents.parts)) == ("1.0", parts)


def _nests(entry: Entry, entries: list[Entry]) -> bool:
    return any(each.parent_ref == entry.ref and each.group_ref == entry.group_ref for each in entries)


def _titled(entry: Entry, oscal_id: str | None) -> Entry:
    repeats = entry.title in {entry.ref, oscal_id} and entry.text is not None
    return dataclasses.replace(entry, title=entry.text) if repeats and entry.text else entry


def _library() -> dict[str, Any]:
    """Two groups; `a-1` has a parameter and two enhancements, the second with one of its own."""
    inner = control("a-1.2", controls=[control("a-1.2.1")])
    parameter = {"id": "p-1", "label": "how often"}
    first = control("a-1", "Done {{ insert: param, p-1 }}.", params=[parameter], controls=[control("a-1.1"), inner])
    document = catalogue(
        {"id": "a", "title": "A", "controls": [first, control("a-2")]},
        {"id": "b", "title": "B", "groups": [{"id": "b.1", "title": "B.1", "controls": [control("b-1")]}]},
    )
    check_catalogue(document, remarks=[])
    return document


def _resolved(*imports: dict[str, Any], **members: Any) -> list[Entry]:
    document = profile(*imports, **members)
    check_profile(document)
    sources = {each["href"]: Imported(_library()["catalog"]) for each in imports}
    resolved = resolve(document, sources)
    check_catalogue({"catalog": resolved}, remarks=[])
    return list(contents_of(resolved).entries)


def _including(*selectors: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"href": "library.json", "include-controls": list(selectors), **members}


_ALL = {"href": "library.json", "include-all": {}}


@pytest.mark.parametrize(
    ("imported", "refs"),
    [
        (_ALL, ["a-1", "a-1.1", "a-1.2", "a-1.2.1", "a-2", "b-1"]),
        (_including({"with-ids": ["b-1", "a-2"]}), ["a-2", "b-1"]),
        (_including({"with-ids": ["a-1"]}), ["a-1"]),
        (_including({"with-ids": ["a-1"], "with-child-controls": "yes"}), ["a-1", "a-1.1", "a-1.2", "a-1.2.1"]),
        (_including({"with-ids": ["a-1.2.1"]}), ["a-1.2.1"]),
        (_including({"matching": [{"pattern": "a-?"}]}), ["a-1", "a-2"]),
        (_including({"matching": [{"pattern": "*1"}, {"pattern": "nothing*"}]}), ["a-1", "a-1.1", "a-1.2.1", "b-1"]),
        ({**_ALL, "exclude-controls": [{"with-ids": ["a-1"]}]}, ["a-1.1", "a-1.2", "a-1.2.1", "a-2", "b-1"]),
        ({**_ALL, "exclude-controls": [{"with-ids": ["a-1"], "with-child-controls": "yes"}]}, ["a-2", "b-1"]),
        ({**_ALL, "exclude-controls": [{"matching": [{"pattern": "a*"}]}]}, ["b-1"]),
    ],
)
@pytest.mark.parametrize("merge", [None, {"as-is": True}, {"flat": {}}])
def test_a_profile_selects_what_it_says(
    imported: dict[str, Any], refs: list[str], merge: dict[str, Any] | None
) -> None:
    entries = _resolved(imported, **({"merge": merge} if merge else {}))
    assert [each.ref for each in entries] == refs
    groups = {each.group_ref for each in entries if each.ref == "b-1"}
    assert groups <= ({"b.1"} if merge == {"as-is": True} else {""})


def test_a_child_stays_in_its_parent_and_stands_alone_without_it() -> None:
    entries = {each.ref: each for each in _resolved(_ALL, merge={"as-is": True})}
    assert (entries["a-1.2.1"].parent_ref, entries["a-1.2.1"].group_ref) == ("a-1.2", "a")
    alone = _resolved(_including({"with-ids": ["a-1", "a-1.2.1"]}), merge={"as-is": True})
    assert [(each.ref, each.parent_ref) for each in alone] == [("a-1", None), ("a-1.2.1", "a-1")]


def test_groups_of_the_authors_own() -> None:
    wanted = {"include-controls": [{"matching": [{"pattern": "a-2"}, {"pattern": "b*"}]}], "order": "descending"}
    custom = {"groups": [{"id": "mine", "title": "Mine", "insert-controls": [wanted]}]}
    entries = _resolved(_ALL, merge={"custom": custom})
    assert [(each.ref, each.group_ref) for each in entries] == [("b-1", "mine"), ("a-2", "mine")]


def test_parameters_are_set_and_parts_added_and_removed() -> None:
    added = {"id": "a-2_more", "name": "item", "prose": "And recorded."}
    modify = {
        "set-parameters": [{"param-id": "p-1", "values": ["every day"]}],
        "alters": [
            {"control-id": "a-2", "adds": [{"by-id": "a-2_smt", "position": "ending", "parts": [added]}]},
            {"control-id": "a-1.1", "removes": [{"by-name": "statement"}], "adds": [{"title": "Another"}]},
            {
                "control-id": "b-1",
                "removes": [{"by-id": "b-1_smt"}],
                "adds": [{"parts": [{**added, "id": "b-1_new", "name": "statement"}]}],
            },
        ],
    }
    entries = {each.ref: each for each in _resolved(_ALL, modify=modify)}
    assert entries["a-1"].text == "Done every day."
    assert entries["a-2"].text == "It is done.\n  And recorded."
    assert (entries["a-1.1"].title, entries["a-1.1"].text) == ("Another", None)
    assert entries["b-1"].text == "And recorded."


def test_each_id_that_is_not_there_is_named() -> None:
    modify = {
        "set-parameters": [{"param-id": "p-2", "values": ["x"]}],
        "alters": [
            {"control-id": "a-9", "adds": [{"title": "x"}]},
            {"control-id": "a-2", "adds": [{"by-id": "nowhere", "title": "x"}], "removes": [{"by-id": "nothing"}]},
        ],
    }
    with pytest.raises(DocumentInvalid) as refused:
        _resolved(_ALL, modify=modify)
    assert {each.pointer for each in refused.value.faults} == {
        "/profile/modify/set-parameters/0/param-id",
        "/profile/modify/alters/0/control-id",
        "/profile/modify/alters/1/adds/0/by-id",
        "/profile/modify/alters/1/removes/0",
    }
    with pytest.raises(DocumentInvalid) as refused:
        _resolved(_including({"with-ids": ["a-1", "x-1"]}, **{"exclude-controls": [{"with-ids": ["y-1"]}]}))
    assert [each.pointer for each in refused.value.faults] == [
        "/profile/imports/0/include-controls/0/with-ids/1",
        "/profile/imports/0/exclude-controls/0/with-ids/0",
    ]


def test_a_control_in_two_imports_is_taken_once_if_the_profile_says_so() -> None:
    twice = [{"href": "one", "include-all": {}}, {"href": "two", "include-all": {}}]
    with pytest.raises(DocumentInvalid):
        _resolved(*twice)
    assert len(_resolved(*twice, merge={"combine": {}, "as-is": True})) == 6


def test_parameters_that_insert_each_other_come_to_an_end() -> None:
    grows = [{"id": f"p-{n}", "select": {"choice": [f"{{{{ insert: param, p-{n + 1} }}}}" * 20]}} for n in range(30)]
    loop = {"id": "p-30", "select": {"choice": ["{{ insert: param, p-0 }}"]}}
    document = catalogue(controls=[control("a-1", "{{ insert: param, p-0 }}", params=[*grows, loop])])
    check_catalogue(document, remarks=[])
    (entry,) = contents_of(document["catalog"]).entries
    assert len(entry.text or "") < 3_000


@pytest.mark.parametrize("inserted", [range(400), range(399, -1, -1)])
def test_parameters_chained_four_hundred_deep_are_a_fault_with_its_place(inserted: range) -> None:
    chain = [{"id": f"p-{n}", "select": {"choice": [f"{{{{ insert: param, p-{n + 1} }}}}"]}} for n in range(399)]
    prose = " ".join(f"{{{{ insert: param, p-{n} }}}}" for n in inserted)
    document = catalogue(controls=[control("a-1", prose, params=[*chain, {"id": "p-399", "label": "end"}])])
    check_catalogue(document, remarks=[])
    with pytest.raises(DocumentInvalid) as refused:
        contents_of(document["catalog"])
    assert refused.value.faults[0].pointer.startswith("/catalog/controls/0/params/")
