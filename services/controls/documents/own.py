"""A version in a JSON of our own: what is in `shipped/` is written like this too."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from services.controls.documents.contents import MOST_REQUIREMENTS, REFERENCE, Assertion, Contents, Entry, Part
from services.controls.documents.faults import Faults
from shared.http.fields import Code, Input, Prose, Title
from shared.problems import words_of

Ref = Annotated[str, StringConstraints(pattern=f"^{REFERENCE.pattern}$")]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Kind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9._-]{0,79}$")]


class OwnCategory(Input):
    """A part of the framework that a programme may choose."""

    code: Code = Field(examples=["availability"])
    title: Title = Field(examples=["Availability"])
    always: bool = Field(default=False, description="Whether no programme may leave it out")


class OwnRequirement(Input):
    """One requirement, criterion or control objective."""

    ref: Ref = Field(examples=["CO-1"], description="Controls answer it as `<framework code>:<ref>`")
    title: Line = Field(examples=["Payroll changes are authorised"])
    text: Prose | None = None
    kind: Kind = Field(default="requirement", examples=["control_objective"])
    group: Line | None = Field(default=None, examples=["CO"])
    group_title: Line | None = Field(default=None, examples=["Payroll processing"])
    categories: list[Code] = Field(default=[], max_length=50)
    parent: Ref | None = Field(default=None, description="The `ref` of the requirement that it is part of")
    assessed: bool = Field(default=True, description="False for a heading, and for what was withdrawn")
    assertions: list[Assertion] = Field(
        default=[],
        max_length=len(Assertion),
        description="Of a SOC 1 control objective: which assertions in the financial statements of user entities it is"
        " relevant to (AT-C 320)",
    )


class OwnVersion(Input):
    """One version of a framework. `label` may be said in the query instead."""

    label: Title | None = Field(default=None, examples=["2026"])
    categories: list[OwnCategory] = Field(default=[], max_length=50)
    requirements: list[OwnRequirement] = Field(min_length=1, max_length=MOST_REQUIREMENTS)


def read_own(document: Any) -> Contents:
    """The requirements of a version in our own JSON; `DocumentInvalid` with every fault."""
    faults = Faults()
    try:
        version = OwnVersion.model_validate(document)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            faults.add("".join(f"/{_escaped(step)}" for step in fault["loc"]), words_of(fault))
        faults.refuse_if_any()
        raise
    parts = [Part(category.code, category.title, category.always) for category in version.categories]
    entries = [entry_of(requirement) for requirement in version.requirements]
    places = [f"/requirements/{index}" for index in range(len(entries))]
    check_together(entries, [part.code for part in parts], places, faults)
    for index in _repeated([part.code for part in parts]):
        faults.add(f"/categories/{index}/code", "another category has this code")
    faults.refuse_if_any()
    return Contents(version.label, entries, parts)


def inlined(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a body that FastAPI does not read, with what it refers to in its place."""
    schema = model.model_json_schema()
    defined = schema.pop("$defs", {})

    def inside(value: Any) -> Any:
        if isinstance(value, dict):
            target = value.get("$ref")
            return inside(defined[target.rpartition("/")[2]]) if target else {k: inside(v) for k, v in value.items()}
        return [inside(item) for item in value] if isinstance(value, list) else value

    plain: dict[str, Any] = inside(schema)
    return plain


def entry_of(requirement: OwnRequirement) -> Entry:
    """The same in the common form."""
    group = requirement.group or ""
    return Entry(
        ref=requirement.ref,
        title=requirement.title,
        text=requirement.text,
        kind=requirement.kind,
        group_ref=group,
        group_title=requirement.group_title or group,
        categories=tuple(dict.fromkeys(requirement.categories)),
        parent_ref=requirement.parent,
        assessed=requirement.assessed,
        assertions=tuple(dict.fromkeys(map(str, requirement.assertions))),
    )


def check_together(entries: Sequence[Entry], codes: Sequence[str], places: Sequence[str], faults: Faults) -> None:
    """What no requirement shows by itself: references taken twice, parents and categories that are not there."""
    for index in _repeated([entry.ref for entry in entries]):
        faults.add(f"{places[index]}/ref", f"another requirement has the reference {entries[index].ref}")
    parents = {entry.ref: entry.parent_ref for entry in entries}
    for place, entry in zip(places, entries, strict=True):
        if entry.parent_ref is not None and entry.parent_ref not in parents:
            faults.add(f"{place}/parent", f"there is no requirement {entry.parent_ref} in this document")
        elif entry.parent_ref is not None and _is_within_itself(entry.ref, parents):
            faults.add(f"{place}/parent", "this makes the requirement a part of itself")
        for category in entry.categories:
            if category not in codes:
                faults.add(f"{place}/categories", f"there is no category {category} in this document")


def _is_within_itself(ref: str, parents: dict[str, str | None]) -> bool:
    seen = {ref}
    above = parents.get(ref)
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return above == ref


def _repeated(names: Sequence[str]) -> list[int]:
    seen: set[str] = set()
    repeated = []
    for index, name in enumerate(names):
        if name in seen:
            repeated.append(index)
        seen.add(name)
    return repeated


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
