"""The record of an assessment, its digest, and its tables for people. Pure functions."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.risk.assessments.assessed_risks.models import AssessedRisk
from services.risk.assessments.assessed_risks.schemas import DriftChange
from services.risk.assessments.assessment_documents.schemas import (
    AssessmentDocument,
    AssessmentRecord,
    RecordedAssessment,
    RecordedRisk,
)
from services.risk.assessments.assessments.models import Assessment
from shared.canonical import canonical
from shared.problems import Conflict

CSV_COLUMNS = (
    "code",
    "title",
    "category",
    "owner",
    "state",
    "inherent_before",
    "inherent_assessed",
    "likelihood_assessed",
    "impact_assessed",
    "current_before",
    "current_assessed",
    "standing",
    "ratings",
    "resolution",
    "applied",
    "drift",
)
_APPLIED = {True: "yes", False: "no", None: ""}


class NotStarted(Conflict):
    """The assessment has not started: nothing is frozen yet."""


def recorded_from(body: bytes) -> RecordedAssessment:
    """An assessment from the JSON of its read. `NotStarted`."""
    told = json.loads(body)
    if told["started_at"] is None:
        raise NotStarted(f"'{told['title']}' is {told['status']} and has not started.")
    found = {name: told[name] for name in ("digest", "previous_id", "people")}
    ids = {risk["risk_id"]: risk["id"] for risk in told["risks"]}
    return RecordedAssessment.model_validate(found | {"record": told, "assessed_ids": ids})


def with_changes(
    recorded: RecordedAssessment, changes: Mapping[UUID, Sequence[Mapping[str, Any]]]
) -> RecordedAssessment:
    """The record with what moved of its risks until now, before its completion keeps that."""
    risks = [
        each.model_copy(update={"drift": [DriftChange.model_validate(change) for change in changes[each.risk_id]]})
        for each in recorded.record.risks
    ]
    return recorded.model_copy(update={"record": recorded.record.model_copy(update={"risks": risks})})


def document_with(recorded: RecordedAssessment) -> AssessmentDocument:
    """The record with its digest, and whether the one is of the other."""
    is_whole = recorded.digest is None or digest_of(recorded.record) == recorded.digest
    return AssessmentDocument(record=recorded.record, digest=recorded.digest, is_whole=is_whole)


def record_of(assessment: Assessment, risks: Sequence[AssessedRisk]) -> AssessmentRecord:
    """All that a started assessment is on record for, its risks by their codes."""
    rows = [
        RecordedRisk.model_validate({name: getattr(risk, name) for name in RecordedRisk.model_fields})
        for risk in sorted(risks, key=lambda each: (each.risk_code, each.risk_id))
    ]
    own = {name: getattr(assessment, name) for name in AssessmentRecord.model_fields if name != "risks"}
    return AssessmentRecord.model_validate(own | {"risks": rows})


def digest_of(record: AssessmentRecord) -> str:
    """The SHA-256 of a record, which anybody computes again from what the document says."""
    return sha256(canonical(record.model_dump(mode="json"))).hexdigest()


def csv_rows(record: AssessmentRecord, people: Mapping[UUID, str]) -> Iterator[Sequence[str]]:
    """The table of an assessment: its columns, and a row for each risk."""
    yield CSV_COLUMNS
    for risk in record.risks:
        result = risk.result
        yield (
            risk.risk_code,
            risk.risk_title,
            risk.category,
            people.get(risk.owner_id, str(risk.owner_id)),
            risk.status,
            risk.frozen.inherent.level,
            result.inherent.level if result else "",
            str(result.inherent.likelihood) if result else "",
            str(result.inherent.impact) if result else "",
            risk.frozen.current.level,
            result.current.level if result else "",
            result.standing if result else "",
            "\n".join(rating_words(rating.model_dump(), rating.by.label, rating.comment) for rating in risk.ratings),
            _resolution(risk),
            _APPLIED[risk.applied],
            "\n".join(change.text for change in risk.drift),
        )


def rating_words(rating: Mapping[str, Any], who: str, why: str) -> str:
    """A rating that somebody gave, and why."""
    return f"{who}: likelihood {rating['likelihood']}, impact {rating['impact']}. {why}"


def _resolution(risk: RecordedRisk) -> str:
    if risk.resolution is None:
        return ""
    return rating_words(risk.resolution.model_dump(), risk.resolution.by.label, risk.resolution.reason)
