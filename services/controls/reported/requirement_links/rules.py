"""Which requirement a tool means, and which controls a check reaches by it. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.controls.frameworks.crosswalks.models import COVERING
from services.controls.frameworks.requirements.rules import RequirementIndex
from services.controls.testing.check_links.rules import comes_from
from services.controls.testing.test_results.schemas import Followed, ResultWay
from shared.events.catalogue.facts import CheckReported, NamedRequirement

MOST_CONTROLS = 100  # that one check may reach by all that it names
_OSCAL = "OSCAL"  # what a finding is about is named by its id alone
# A statement or objective of a control of NIST SP 800-53 is about the control: `CM-6 b`, `IA-5(1)(a)`, `ac-2.a`.
_OF_CONTROL = re.compile(r"\s*[a-z]{2}[-_ ]?[0-9]{1,2}(?:\s*[(._ ]\s*[0-9]{1,2}\)?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Following:
    """What a link says."""

    id: UUID
    source_id: UUID | None
    source: str | None
    tool: str | None
    relations: frozenset[str]
    valid_days: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """That a control answers a requirement: by its own text (no relation), by an adopted mapping, or by an entry.

    `answers` is what its text names, and `relation` is that of the requirement to it, or of it where it was adopted.
    """

    control_id: UUID
    requirement: str
    answers: str
    relation: str | None = None
    crosswalk: str | None = None
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """A control that a check reaches, and how."""

    control_id: UUID
    valid_days: int | None
    way: ResultWay


def is_about(link: Following, event: CheckReported) -> bool:
    """Whether the link is about what this check names."""
    return bool(event.requirements) and comes_from(event, link.source_id, link.source, link.tool)


def meant(index: RequirementIndex, named_framework: str, reference: str) -> str | None:
    """The requirement that a tool means; None when no framework has exactly one of this name."""
    framework = None if named_framework == _OSCAL else named_framework
    exact = index.find(framework, reference)
    if exact is None and (part := _OF_CONTROL.match(reference)):
        return index.find(framework, part[0])
    return exact


def reached(
    links: Sequence[Following],
    event: CheckReported,
    requirements: Mapping[tuple[str, str], str],
    answers: Mapping[str, Sequence[Answer]],
) -> Iterator[Reached]:
    """The controls that a check tests by the requirements that it names, each once.

    Links are followed in the order in which they were made, and requirements in the order in which the check names
    them; of one requirement, a control's own text comes before what was adopted, and that before a crosswalk. A check
    that would reach over `MOST_CONTROLS` names something too general to test any of them, and reaches none.
    """
    found: dict[UUID, Reached] = {}
    for link in (link for link in links if is_about(link, event)):
        for named in event.requirements:
            requirement = requirements.get((named.framework, named.requirement), "")
            for answer in sorted(answers.get(requirement, ()), key=_nearness):
                if _is_followed(answer, link.relations):
                    way = _way(link, answer, named)
                    found.setdefault(answer.control_id, Reached(answer.control_id, link.valid_days, way))
    if len(found) <= MOST_CONTROLS:
        yield from found.values()


def _is_followed(answer: Answer, relations: Collection[str]) -> bool:
    """What was adopted as covering the requirement answers it, as the control's own text does."""
    return answer.relation is None or answer.relation in relations or (answer.adopted and answer.relation in COVERING)


def _nearness(answer: Answer) -> tuple[bool, bool, str, str]:
    return answer.relation is not None, not answer.adopted, answer.answers, str(answer.control_id)


def _way(link: Following, answer: Answer, named: NamedRequirement) -> ResultWay:
    return ResultWay(
        link=Followed.REQUIREMENT,
        link_id=link.id,
        named=f"{named.framework} {named.requirement}",
        requirement=answer.requirement,
        answers=answer.answers,
        relation=answer.relation,
        crosswalk=answer.crosswalk,
        adopted=answer.adopted,
    )
