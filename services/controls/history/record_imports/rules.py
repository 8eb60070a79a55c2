"""What the rows of a table say was done on earlier days, and what is wrong with them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.controls.history.historical_records.models import RecordKind
from services.controls.history.historical_records.schemas import HistoricalRecordDraft
from services.controls.history.record_sheets.rules import DAYS, WORDS
from shared.people.references import KnownPerson
from shared.people.written import reference_in
from shared.problems import words_of
from shared.tables.cell_faults import Cells
from shared.tables.days import REFUSAL, day_in
from shared.tables.tables import Row

_OF_POLICIES = frozenset({RecordKind.PUBLICATION, RecordKind.ACKNOWLEDGEMENT})
# The columns of members that have another name in the table.
_COLUMNS = {
    **dict.fromkeys(("control_id", "version_id", "campaign_id"), "code"),
    "performed_by_name": "performed_by",
    "procedure_id": "procedure",
    **{member: column for column, member in DAYS.items()},
}


@dataclass(frozen=True, slots=True)
class Lookups:
    """What the cells of a table mean: controls, policies and procedures by code, people by what is written.

    `drafts` are the policies' versions that are drafts, and `campaigns` the open campaigns by policy and person asked.
    """

    controls: Mapping[str, UUID]
    policies: Mapping[str, UUID]
    procedures: Mapping[str, UUID]
    drafts: Mapping[UUID, UUID]
    campaigns: Mapping[tuple[UUID, UUID], UUID]
    names: Mapping[str, Sequence[UUID]]
    people: Mapping[str, KnownPerson]

    def person(self, text: str) -> UUID | None:
        """The person of a cell that the directory has."""
        reference = reference_in(text)
        if reference is not None:
            return person.id if (person := self.people.get(reference)) else None
        found = self.names.get(text, ())
        return found[0] if len(found) == 1 else None


def read_rows(
    rows: Iterable[Row], lookups: Lookups, evidence_ids: Sequence[UUID]
) -> list[tuple[Cells, HistoricalRecordDraft | None]]:
    """Each row as its cells, with what is wrong with them, and as a draft where nothing is."""
    return [_read(row, lookups, evidence_ids) for row in rows]


def column_of(pointer: str) -> str:
    """The column of a member that a fault points to, such as `/evidence/0/made_on`."""
    members = pointer[1:].split("/")
    if members[0] != "evidence":
        return _COLUMNS.get(members[0], members[0])
    return "evidence" if members[-1] == "evidence_id" else "made_on"


def _read(row: Row, lookups: Lookups, evidence_ids: Sequence[UUID]) -> tuple[Cells, HistoricalRecordDraft | None]:
    said = {name: text for name, cell in row.cells.items() if (text := cell.strip())}
    cells = Cells(row.number, {"notes": said.get("notes")})
    _understand_words(cells, said)
    _understand_performer(cells, said, lookups)
    _understand_subject(cells, said, lookups)
    _understand_evidence(cells, said, evidence_ids)
    return cells, None if cells.wrong else _draft(cells, said)


def _understand_words(cells: Cells, said: Mapping[str, str]) -> None:
    for column, words in WORDS.items():
        if column not in said:
            continue
        if (word := words.meaning(said[column])) is not None:
            cells.given[column] = word
        else:
            cells.refuse(column, words.refusal(said[column]), said[column])
    for column, member in DAYS.items():
        if column not in said:
            continue
        if (day := day_in(said[column])) is not None:
            cells.given[member] = day
        else:
            cells.refuse(column, f"'{said[column][:50]}' {REFUSAL}", said[column])
    for column in ("kind", "day"):
        if column not in said:
            cells.refuse(column, "The cell is empty.", None)


def _understand_performer(cells: Cells, said: Mapping[str, str], lookups: Lookups) -> None:
    text = said.get("performed_by")
    if text is None:
        cells.refuse("performed_by", "The cell is empty: say who did it.", None)
    elif reference := reference_in(text):
        cells.given["performed_by"] = reference
    elif len(found := lookups.names.get(text, ())) > 1:
        detail = f"{len(found)} active people are called '{text[:50]}': give the e-mail address."
        cells.refuse("performed_by", detail, text)
    elif found:
        cells.given["performed_by"] = str(found[0])
    else:
        cells.given["performed_by_name"] = text


def _understand_subject(cells: Cells, said: Mapping[str, str], lookups: Lookups) -> None:
    code, kind = said.get("code", ""), cells.given.get("kind")
    if kind is None:
        return
    is_policy = kind in _OF_POLICIES
    subject = (lookups.policies if is_policy else lookups.controls).get(code)
    if subject is None:
        cells.refuse("code", f"There is no {'policy' if is_policy else 'control'} '{code[:40]}'.", code or None)
    elif kind == RecordKind.PUBLICATION:
        if subject not in lookups.drafts:
            cells.refuse("code", f"The policy {code} has no draft that could have been in force.", code)
        cells.given["version_id"] = lookups.drafts.get(subject)
    elif kind == RecordKind.ACKNOWLEDGEMENT:
        person = lookups.person(said.get("performed_by", ""))
        campaign = lookups.campaigns.get((subject, person)) if person else None
        if campaign is None:
            cells.refuse("code", f"No open campaign of the policy {code} includes this person.", code)
        cells.given["campaign_id"] = campaign
    else:
        cells.given["control_id"] = subject
    if "procedure" in said:
        cells.given["procedure_id"] = lookups.procedures.get(said["procedure"])
        if cells.given["procedure_id"] is None:
            cells.refuse("procedure", f"There is no procedure '{said['procedure'][:40]}'.", said["procedure"])


def _understand_evidence(cells: Cells, said: Mapping[str, str], evidence_ids: Sequence[UUID]) -> None:
    """What shows the row: items by their ids, or a document by title and digest; made on the day, if nothing else."""
    made_on = cells.given.pop("made_on", None) or cells.given.get("effective_on")
    shown: list[dict[str, Any]] = [{"evidence_id": item} for item in evidence_ids]
    text = said.get("evidence")
    if text is not None:
        texts = [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
        items = [item for part in texts if (item := _id(part))]
        if len(items) == len(texts):
            shown += [{"evidence_id": item} for item in items]
        else:
            members = {name: said.get(name) for name in ("sha256", "location")}
            for name, value in members.items():
                if value is None:
                    cells.refuse(name, "A document that is kept elsewhere has its SHA-256 and where it is kept.", None)
            shown.append({"title": text, **members})
    if not shown:
        cells.refuse("evidence", "Nothing shows it: name an item of evidence or a document.", None)
    cells.given["evidence"] = [{**each, "made_on": made_on} for each in shown]


def _draft(cells: Cells, said: Mapping[str, str]) -> HistoricalRecordDraft | None:
    """The draft that the cells make; None when they make none, which they say then."""
    given = {name: value for name, value in cells.given.items() if value is not None}
    try:
        return HistoricalRecordDraft.model_validate(given)
    except ValidationError as error:
        for fault in error.errors():
            place = [str(part) for part in fault["loc"]]
            column = "kind" if not place else place[-1] if place[0] == "evidence" else _COLUMNS.get(place[0], place[0])
            cells.refuse(column, words_of(fault), said.get(column))
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
