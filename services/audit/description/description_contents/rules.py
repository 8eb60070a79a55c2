"""What a description lacks before it can be approved, and what changed since. Pure functions.

1. Parts that consist of text are written (`has_to_be_written`).
2. A SOC 2 has a service commitment and a system requirement, because the opinion says whether these were met. Both
   come from the engagement's programme.
3. There is a control in scope, and each one has been heard of.
4. Incidents, user entity controls, subservice organisations, criteria that are not relevant, and changes are recorded,
   or management states that there are none: silence says neither.
5. Incidents and changes lie in the time that the engagement speaks of.
6. A carved-out subservice organisation has controls that are assumed of it; by the inclusive method it has agreed to
   make an assertion of its own (DC 200, DC7).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from services.audit.description.description_contents.schemas import Content, Lack, LackCode
from services.audit.description.description_parts.models import DescriptionPart as P
from services.audit.description.description_parts.rules import MAY_BE_NONE, has_to_be_written, parts_of
from services.audit.description.subservice_organisations.models import SubserviceMethod
from shared.canonical import canonical

_COMMITMENTS = {
    "service_commitment": (LackCode.NO_SERVICE_COMMITMENT, "The programme has no service commitment."),
    "system_requirement": (LackCode.NO_SYSTEM_REQUIREMENT, "The programme has no system requirement."),
}


def digest_of(content: Content) -> str:
    """The SHA-256 of all that a description says, in hexadecimal: of its canonical JSON."""
    return hashlib.sha256(canonical(content.model_dump(mode="json"))).hexdigest()


def lacks(content: Content, *, has_programme: bool) -> list[Lack]:
    """All that is missing before the description can be approved, in the order of its parts."""
    headings = parts_of(content.engagement.kind)
    found = [
        *_unwritten(content),
        *_without_commitments(content, has_programme=has_programme),
        *_without_controls(content),
        *_neither_nor(content),
        *_outside(content),
        *_of_subservice_organisations(content),
    ]
    order = list(headings)
    told = [
        Lack(part=part, criterion=headings[part].criterion, code=code, text=text)
        for part, code, text in found
        if part in headings
    ]
    return sorted(told, key=lambda lack: order.index(lack.part) if lack.part else -1)


def changes_since(approved: Content, now: Content) -> list[Lack]:
    """What an approved description says otherwise than the record does now; `now` has the same texts."""
    found = []
    if approved.engagement != now.engagement:
        text = "The engagement's title, categories or dates changed after the approval."
        found.append(Lack(part=None, criterion=None, code=LackCode.CHANGED_SINCE, text=text))
    headings = parts_of(now.engagement.kind)
    for part, pinned in _listed(approved).items():
        if part in headings and pinned != _listed(now)[part]:
            text = f"What is recorded under '{headings[part].title}' changed after the approval."
            found.append(Lack(part=part, criterion=headings[part].criterion, code=LackCode.CHANGED_SINCE, text=text))
    return found


Found = Iterator[tuple[P, LackCode, str]]


def _listed(content: Content) -> Mapping[P, Sequence[Any]]:
    """What each part lists."""
    return {
        P.COMMITMENTS: content.commitments,
        P.INCIDENTS: content.incidents,
        P.CONTROLS: content.controls,
        P.USER_ENTITY_CONTROLS: content.user_entity_controls,
        P.SUBSERVICE_ORGANISATIONS: content.subservice_organisations,
        P.CRITERIA_NOT_RELEVANT: content.criteria_not_relevant,
        P.CHANGES: content.changes,
    }


def _unwritten(content: Content) -> Found:
    asked = has_to_be_written(content.engagement.kind)
    for part in content.parts:
        if part.text is None and part.part in asked:
            yield part.part, LackCode.NOT_WRITTEN, f"'{part.title}' is not written."


def _without_commitments(content: Content, *, has_programme: bool) -> Found:
    if not has_programme:
        text = "The engagement names no programme whose commitments it is about."
        yield P.COMMITMENTS, LackCode.NO_PROGRAMME, text
        return
    kinds = {commitment.kind for commitment in content.commitments}
    for kind, (code, text) in _COMMITMENTS.items():
        if kind not in kinds:
            yield P.COMMITMENTS, code, text


def _without_controls(content: Content) -> Found:
    if not content.controls_in_scope:
        yield P.CONTROLS, LackCode.NO_CONTROL, "The engagement has no control in scope."
    if unheard := content.controls_in_scope - len(content.controls):
        yield P.CONTROLS, LackCode.UNKNOWN_CONTROL, f"{unheard} of the controls in scope have not been heard of."


def _neither_nor(content: Content) -> Found:
    listed = _listed(content)
    for part in content.parts:
        if part.part not in MAY_BE_NONE:
            continue
        if part.none and listed[part.part]:
            text = f"'{part.title}': it is stated that there are none, and some are recorded."
            yield part.part, LackCode.RECORDED_AND_NONE, text
        elif not part.none and not listed[part.part]:
            text = f"'{part.title}': none are recorded, and it is not stated that there are none."
            yield part.part, LackCode.NEITHER_RECORDED_NOR_NONE, text


def _outside(content: Content) -> Found:
    first, last = content.engagement.first_day or date.min, content.engagement.last_day or date.max
    over_a_period = content.engagement.period_start is not None
    for incident in content.incidents:
        over = incident.ended_at is not None and incident.ended_at.astimezone(UTC).date() < first
        if incident.began_at.astimezone(UTC).date() > last or (over_a_period and over):
            text = f"The incident '{incident.title}' lies outside the time that the engagement speaks of."
            yield P.INCIDENTS, LackCode.OUTSIDE_THE_TIME, text
    for change in content.changes:
        if not first <= change.changed_on <= last:
            yield P.CHANGES, LackCode.OUTSIDE_THE_TIME, f"The change '{change.title}' lies outside the period."


def _of_subservice_organisations(content: Content) -> Found:
    for organisation in content.subservice_organisations:
        if organisation.method == SubserviceMethod.CARVE_OUT and not organisation.controls:
            text = f"{organisation.name} is carved out, and no control is assumed of it."
            yield P.SUBSERVICE_ORGANISATIONS, LackCode.NO_SUBSERVICE_CONTROL, text
        if organisation.method == SubserviceMethod.INCLUSIVE and organisation.agreement is None:
            text = f"{organisation.name} is included, and has not agreed to make an assertion."
            yield P.SUBSERVICE_ORGANISATIONS, LackCode.NO_AGREEMENT, text
