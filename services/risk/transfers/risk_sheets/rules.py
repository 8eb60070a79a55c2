"""The columns of a table of risks with the headings that mean them, and what its rows say. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.risk.register.risks.models import Property
from services.risk.register.risks.rules import faults_in, target_above_inherent
from services.risk.register.risks.schemas import RiskDraft
from services.risk.terms.method_terms.schemas import MethodTerms, Step
from services.risk.transfers.risk_sheets.schemas import MOST_ROWS
from shared.people.written import reference_in
from shared.problems import words_of
from shared.tables.cell_faults import CellFault, Cells
from shared.tables.headings import Column, Shape
from shared.tables.tables import Row
from shared.tables.wording import Words, plain

_LONGEST_VALUE = 100  # characters of a cell that a fault repeats
_NOT_STATED = "Not stated."
_APART = re.compile(r"[;,|\n]+")
_CONTROL = re.compile(
    r"(?P<code>[A-Za-z0-9][A-Za-z0-9._-]{0,39})(?:[\s:]+(?P<effect_on>likelihood|impact))?(?:[\s:]+(?P<steps>\d))?",
    re.IGNORECASE,
)
_STEP = re.compile(r"(\d)(?:\D.*)?", re.DOTALL)

# The texts that mean one thing are apart by `|`.
_HEADINGS: Mapping[str, str] = {
    "code": "ID | Ref | Reference | No | Number | Risk ID | Risk no | Risk # | Risk ref | Risk code | #",
    "title": "Name | Risk | Risk name | Risk title | Short description | Summary",
    "source": "Threat source | Threat | Cause | Root cause | Risk source | Threat actor | Causes",
    "event": "Description | Risk description | Risk event | Threat event | Scenario | Risk scenario | Details",
    "consequence": "Consequences | Effect | Effects | Impact description | Potential impact | Outcome",
    "affects": "CIA | Affected properties | Security property | Security objective | C/I/A",
    "category": "Type | Risk type | Risk category | Class | Area",
    "owner": "Risk owner | Owner email | Owner e-mail | Responsible | Accountable | Owner name",
    "likelihood": "Inherent likelihood | Probability | Gross likelihood | Initial likelihood | Raw likelihood",
    "impact": "Inherent impact | Severity | Gross impact | Initial impact | Raw impact | Magnitude",
    "target_likelihood": "Desired likelihood | Planned likelihood",
    "target_impact": "Desired impact | Planned impact",
    "controls": "Control | Existing controls | Mitigating controls | Control codes | Linked controls",
    "reason": "Rationale | Rating rationale | Justification",
}
COLUMNS = tuple(_HEADINGS)
# What an export says besides; an import ignores it.
SHOWN = (
    *("status", "owner_agreed", "inherent_level", "current_likelihood", "current_impact", "current_level"),
    *("treatment", "target_level", "standing", "appetite", "tolerance", "capacity", "method_number", "why"),
)
_REQUIRED = {"code", "title", "event", "category", "owner", "likelihood", "impact"}
SHAPE = Shape(
    columns=[
        Column(name, words.split("|"), required=name in _REQUIRED, several=name in {"controls", "affects"})
        for name, words in _HEADINGS.items()
    ],
    most_rows=MOST_ROWS,
)
_PROPERTY = Words(
    "property of information",
    {Property.CONFIDENTIALITY: "C | Confidential", Property.INTEGRITY: "I", Property.AVAILABILITY: "A | Available"},
)
_MEMBERS = {
    "inherent/likelihood": "likelihood",
    "inherent/impact": "impact",
    "target/likelihood": "target_likelihood",
    "target/impact": "target_impact",
    **{f"scenario/{name}": name for name in ("source", "event", "consequence")},
}


@dataclass(frozen=True, slots=True)
class Lookups:
    """What the cells of a table refer to: controls by their codes, active people by their names, the method."""

    controls: Mapping[str, UUID]
    people: Mapping[str, Sequence[UUID]]
    terms: MethodTerms


def mapping_of(columns: Iterable[str]) -> dict[str, str]:
    """What a request says of headings, by their plain words: `Our ref:code`."""
    return {plain(text): column for text, _, column in (each.rpartition(":") for each in columns)}


def codes_in(cell: str) -> list[str]:
    """The codes of the controls that a cell names, as far as it can be read."""
    entries = (_CONTROL.fullmatch(text) for each in _APART.split(cell) if (text := each.strip()))
    return [entry["code"] for entry in entries if entry]


def risks_in(rows: Iterable[Row], lookups: Lookups) -> tuple[dict[int, RiskDraft], list[CellFault]]:
    """The risks that the rows describe, by row number, and all that is wrong with the rows."""
    found: dict[int, RiskDraft] = {}
    first: dict[str, int] = {}
    faults: list[CellFault] = []
    for row in rows:
        said = {name: text for name, cell in row.cells.items() if (text := cell.strip())}
        cells = Cells(row.number, {})
        draft = _draft(cells, said, lookups)
        if draft is not None and (earlier := first.setdefault(draft.code, row.number)) != row.number:
            cells.refuse("code", f"Row {earlier} has the code {draft.code} as well.", draft.code)
        if draft is not None and not cells.wrong:
            found[row.number] = draft
        faults += cells.faults(COLUMNS)
    return found, faults


def cells_of(risk: Mapping[str, Any]) -> list[str]:
    """A risk, as the list answers it, as the cells of a row."""
    target = risk["target"] or {}
    shown = dict(risk) | dict(risk["scenario"])
    shown |= {
        "affects": ";".join(risk["affects"]),
        "owner": risk["owner_reference"],
        "likelihood": risk["inherent"]["likelihood"],
        "impact": risk["inherent"]["impact"],
        "target_likelihood": target.get("likelihood"),
        "target_impact": target.get("impact"),
        "controls": ";".join(
            f"{each['code'] or each['control_id']} {each['effect_on']} {each['steps']}" for each in risk["controls"]
        ),
        "reason": None,
        "owner_agreed": "yes" if risk["owner_agreed_at"] else "no",
        "inherent_level": risk["inherent"]["level"],
        "current_likelihood": risk["current"]["likelihood"],
        "current_impact": risk["current"]["impact"],
        "current_level": risk["current"]["level"],
        "target_level": target.get("level"),
        "why": "\n".join(risk["reasons"]),
    }
    return ["" if shown[name] is None else str(shown[name]) for name in (*COLUMNS, *SHOWN)]


def _draft(cells: Cells, said: Mapping[str, str], lookups: Lookups) -> RiskDraft | None:
    """What a row says as a draft; None when it makes none, and what is wrong is among the cells' faults."""
    terms = lookups.terms
    given: dict[str, Any] = {name: said[name] for name in ("code", "title", "reason") if name in said}
    given["scenario"] = {name: said[name] for name in ("source", "event", "consequence") if name in said}
    for name in ("source", "consequence"):
        given["scenario"].setdefault(name, _NOT_STATED)
    if "category" in said:
        given["category"] = plain(said["category"]).replace(" ", "-")[:40]
    given["owner"] = _owner(cells, said, lookups.people)
    given["inherent"] = _rating(cells, said, terms, "")
    if "target_likelihood" in said or "target_impact" in said:
        given["target"] = _rating(cells, said, terms, "target_")
    given["affects"] = _properties(cells, said.get("affects", ""))
    given["controls"] = _controls(cells, said.get("controls", ""), lookups.controls)
    try:
        draft = RiskDraft.model_validate(given)
    except ValidationError as error:
        for fault in error.errors():
            column = _column(fault["loc"])
            if column not in cells.wrong:
                cells.refuse(column, words_of(fault), said.get(column))
        return None
    _check(cells, draft, terms)
    return draft


def _check(cells: Cells, draft: RiskDraft, terms: MethodTerms) -> None:
    inherent = (draft.inherent.likelihood or 0, draft.inherent.impact)
    target = (draft.target.likelihood, draft.target.impact) if draft.target else None
    for fault in (*faults_in(draft, terms), *target_above_inherent(target, inherent)):
        cells.refuse(_column(tuple(fault.pointer.split("/")[1:])), fault.detail, None)


def _column(place: Sequence[int | str]) -> str:
    return _MEMBERS.get("/".join(map(str, place[:2])), str(place[0]))


def _rating(cells: Cells, said: Mapping[str, str], terms: MethodTerms, prefix: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for factor, scale in (("likelihood", terms.likelihood), ("impact", terms.impact)):
        name = f"{prefix}{factor}"
        if name not in said:
            continue
        step = _step(said[name], scale)
        if step is None:
            words = ", ".join(f"{place} {each.word}" for place, each in enumerate(scale, start=1))
            text = said[name][:_LONGEST_VALUE]
            cells.refuse(name, f"'{text}' is no step of {factor}; the method has {words}.", said[name])
        else:
            found[factor] = step
    return found


def _step(text: str, scale: Sequence[Step]) -> int | None:
    """The step that a text means: its number, its word, or both as in `4 - High`."""
    words = [plain(each.word) for each in scale]
    if plain(text) in words:
        return words.index(plain(text)) + 1
    numbered = _STEP.fullmatch(text)
    return int(numbered[1]) if numbered and 1 <= int(numbered[1]) <= len(scale) else None


def _owner(cells: Cells, said: Mapping[str, str], people: Mapping[str, Sequence[UUID]]) -> str | None:
    if (text := said.get("owner")) is None:
        return None
    reference, named = reference_in(text), people.get(text, [])
    if reference is not None or len(named) == 1:
        return reference or str(named[0])
    many = f"{len(named)} active people are" if named else "No active person is"
    cells.refuse("owner", f"{many} called '{text[:_LONGEST_VALUE]}': give the e-mail address.", text)
    return None


def _properties(cells: Cells, cell: str) -> list[str]:
    parts = [text for each in _APART.split(cell.replace("/", ";")) if (text := each.strip())]
    if len(parts) == 1 and plain(parts[0]).upper().strip("CIA") == "":
        parts = list(plain(parts[0]).upper())  # `CIA`, `CI`
    words = (_word(cells, "affects", text, _PROPERTY) for text in parts)
    return list(dict.fromkeys(word for word in words if word))


def _controls(cells: Cells, cell: str, controls: Mapping[str, UUID]) -> list[dict[str, Any]]:
    found = []
    for text in (text for each in _APART.split(cell) if (text := each.strip())):
        entry = _CONTROL.fullmatch(text)
        if entry is None:
            hint = "write `AC-01 likelihood 2`: code, what it lowers, and by how many steps."
            cells.refuse("controls", f"'{text[:_LONGEST_VALUE]}' is not understood; {hint}", text)
        elif entry["code"] not in controls:
            cells.refuse("controls", f"No control has the code {entry['code']}.", entry["code"])
        else:
            found.append(
                {
                    "control_id": controls[entry["code"]],
                    "effect_on": (entry["effect_on"] or "likelihood").lower(),
                    "steps": int(entry["steps"] or 1),
                }
            )
    return found


def _word(cells: Cells, column: str, text: str, words: Words) -> str | None:
    word = words.meaning(text)
    if word is None:
        cells.refuse(column, words.refusal(text), text)
    return word
