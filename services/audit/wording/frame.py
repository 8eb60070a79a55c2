"""What follows from the content for the wording of a SOC report: the switches of its paragraphs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from services.audit.description.description_contents.schemas import PinnedSubserviceOrganisation
from services.audit.description.subservice_organisations.models import SubserviceMethod
from services.audit.wording.contents import (
    Judgement,
    Matter,
    NoOccurrence,
    OpinionKind,
    SocContent,
    SocKind,
    SubjectMatter,
)
from services.audit.wording.phrases import clause, day_of, listed, possessive

_TYPE2 = frozenset({SocKind.SOC2_TYPE2, SocKind.SOC1_TYPE2, SocKind.SOC3})
_SOC1 = frozenset({SocKind.SOC1_TYPE1, SocKind.SOC1_TYPE2})
_GRAVITY = tuple(OpinionKind)


class Section(StrEnum):
    """The sections of a report by kind. Their numbers follow from which of them there are."""

    REPORT = "report"
    ASSERTION = "assertion"
    DESCRIPTION = "description"
    CONTROLS = "controls"
    OTHER = "other"


@dataclass(frozen=True)
class Frame:
    """A content with what follows from it."""

    content: SocContent

    @property
    def org(self) -> str:
        return self.content.service_organization

    @property
    def orgs(self) -> str:
        """The service organization in the genitive."""
        return possessive(self.org)

    @property
    def is_type2(self) -> bool:
        return self.content.kind in _TYPE2

    @property
    def is_soc1(self) -> bool:
        return self.content.kind in _SOC1

    @property
    def is_soc3(self) -> bool:
        return self.content.kind == SocKind.SOC3

    @property
    def span(self) -> str:
        """The date, or the period from its first day to its last."""
        time = self.content.description.engagement
        if time.as_of_date:
            return day_of(time.as_of_date)
        assert time.period_start, "a Type 2 has a period"
        assert time.period_end, "a period has an end"
        return f"the period {day_of(time.period_start)} to {day_of(time.period_end)}"

    @property
    def time(self) -> str:
        """As of the date, or throughout the period."""
        return f"throughout {self.span}" if self.is_type2 else f"as of {self.span}"

    @property
    def that_time(self) -> str:
        """The same time again."""
        return "throughout that period" if self.is_type2 else "as of that date"

    @property
    def categories(self) -> str:
        """The trust services categories in scope, security first."""
        return listed([each.replace("_", " ") for each in self.content.description.engagement.categories])

    @property
    def what_was_judged(self) -> str:
        """The suitability of the design, in a Type 2 with the operating effectiveness."""
        return (
            "the suitability of the design and the operating effectiveness"
            if self.is_type2
            else "the suitability of the design"
        )

    def goal(self, verb: str) -> str:
        """What the controls are for: `verb` is for example "were achieved"."""
        if self.is_soc1:
            return f"the control objectives stated in the description {verb}"
        basis = "based on the applicable trust services criteria"
        return f"{self.orgs} service commitments and system requirements {verb} {basis}"

    @property
    def achieved(self) -> str:
        """Over a period they were achieved, as of a date they would be."""
        return "were achieved" if self.is_type2 else "would be achieved"

    @cached_property
    def carved_out(self) -> Sequence[PinnedSubserviceOrganisation]:
        return self._by(SubserviceMethod.CARVE_OUT)

    @cached_property
    def included(self) -> Sequence[PinnedSubserviceOrganisation]:
        return self._by(SubserviceMethod.INCLUSIVE)

    def _by(self, method: SubserviceMethod) -> Sequence[PinnedSubserviceOrganisation]:
        return [each for each in self.content.description.subservice_organisations if each.method == method]

    def name_of(self, organization: UUID) -> str:
        """A subservice organization by its name, or by a number where the report does not name it."""
        every = self.content.description.subservice_organisations
        for number, each in enumerate(every, 1):
            if each.id == organization:
                return each.name if each.id not in self.content.unnamed else f"Subservice organization {number}"
        raise KeyError(organization)

    def with_services(self, organization: PinnedSubserviceOrganisation) -> str:
        """A subservice organization and what it does."""
        return f"{self.name_of(organization.id)}: {clause(organization.services)}"

    @property
    def has_user_controls(self) -> bool:
        return bool(self.content.description.user_entity_controls)

    def designed_if(self, whose: str) -> str:
        """The condition of what is said of the design; empty when no controls of others are assumed."""
        assumed = self._assumed(whose)
        kinds = ["subservice organizations"] if self.carved_out else []
        who = listed([*kinds, "user entities"] if self.has_user_controls else kinds)
        return f", and if {who} applied {assumed} {self.that_time}" if assumed else ""

    def operated_if(self, whose: str) -> str:
        """The condition of what is said of operation."""
        assumed = self._assumed(whose)
        return f", if {assumed} operated effectively {self.that_time}" if assumed else ""

    def _assumed(self, whose: str) -> str:
        kinds = ["subservice organization"] if self.carved_out else []
        kinds += ["user entity"] if self.has_user_controls else []
        return f"the complementary {listed(kinds)} controls assumed in the design of {whose} controls" if kinds else ""

    @cached_property
    def no_occurrence(self) -> Sequence[tuple[str, str]]:
        """The controls whose circumstance did not occur, each with the circumstance. In a Type 2 only."""
        return [
            (control.code, test.result.circumstance)
            for control in self.content.controls
            for test in control.tests
            if isinstance(test.result, NoOccurrence)
        ]

    @property
    def judgements(self) -> Sequence[Judgement]:
        """The judgements in the order of the subject matters."""
        return sorted(self.content.judgements, key=lambda each: tuple(SubjectMatter).index(each.subject))

    @property
    def overall(self) -> OpinionKind:
        """The gravest of the opinions, which the headings name; unmodified while none is decided."""
        kinds = (each.kind for each in self.content.judgements)
        return max(kinds, key=_GRAVITY.index, default=OpinionKind.UNMODIFIED)

    @property
    def is_decided(self) -> bool:
        """Whether there is an opinion to state."""
        return bool(self.content.judgements)

    @property
    def exceptions(self) -> Sequence[str]:
        """What management states in its assertion where the opinion is modified."""
        return self.content.assertion.exceptions if self.content.assertion else ()

    @property
    def matters(self) -> Sequence[Matter]:
        """The matters that modify the opinion, each once though it may bear on several subject matters."""
        every = [matter for each in self.judgements for matter in each.matters]
        return [matter for place, matter in enumerate(every) if matter not in every[:place]]

    @property
    def has_other_information(self) -> bool:
        return bool(self.content.responses or self.content.other_information)

    @property
    def sections(self) -> Sequence[Section]:
        return [section for section in Section if section != Section.OTHER or self.has_other_information]

    def section(self, section: Section) -> str:
        """How the text refers to a section."""
        return f"Section {self.sections.index(section) + 1}"

    @property
    def instance(self) -> str:
        """Deviation or exception: one word in the whole report."""
        return str(self.content.term)
