"""What a report on a SOC 1, SOC 2 or SOC 3 examination consists of: all of it, at the versions that were examined."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.audit.description.described_engagements.schemas import Ref
from services.audit.description.description_contents.schemas import Content as DescriptionContent
from services.audit.engagements.engagement_documents.schemas import Signatory
from shared.http.fields import Code, Day, LongProse, Prose, Title


class Strict(BaseModel):
    """What is said in a report: nothing that the model does not know, and never changed in place."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SocKind(StrEnum):
    """Type 1 is as of a date, Type 2 over a period. A SOC 3 is the report for general use of a SOC 2 Type 2."""

    SOC2_TYPE1 = "soc2_type1"
    SOC2_TYPE2 = "soc2_type2"
    SOC3 = "soc3"
    SOC1_TYPE1 = "soc1_type1"
    SOC1_TYPE2 = "soc1_type2"


class SubjectMatter(StrEnum):
    """What an opinion is formed on. Operation is a subject matter of a Type 2 only."""

    DESCRIPTION = "description"
    DESIGN = "design"
    OPERATION = "operation"


class OpinionKind(StrEnum):
    """From the mildest to the gravest. A disclaimer is one of all subject matters."""

    UNMODIFIED = "unmodified"
    QUALIFIED = "qualified"
    ADVERSE = "adverse"
    DISCLAIMER = "disclaimer"


class Term(StrEnum):
    """What a report calls an instance in which a control did not work as described: one word throughout."""

    DEVIATION = "deviation"
    EXCEPTION = "exception"


class Layout(StrEnum):
    """How Section IV is laid out: every criterion with its controls, or a matrix and every control once."""

    BY_CRITERION = "by_criterion"
    MATRIX = "matrix"


class HowTested(StrEnum):
    """How a control is tested."""

    INQUIRY = "inquiry"
    OBSERVATION = "observation"
    INSPECTION = "inspection"
    REPERFORMANCE = "reperformance"


class Office(Strict):
    """Where the firm signs."""

    city: Title = Field(examples=["Denver"])
    state: Title = Field(examples=["Colorado"])


class ReportedCriterion(Strict):
    """A criterion with our own short title; in a SOC 1 a control objective with its text."""

    code: Ref
    title: Prose = Field(examples=["Access to systems is granted, changed and removed"])


class ReportedProcedure(Strict):
    kind: HowTested
    text: Prose = Field(examples=["Inspected the tickets of accounts that were removed."])


class NoDeviations(Strict):
    kind: Literal["no_deviations"] = "no_deviations"


class ReportedDeviations(Strict):
    """Deviations: of how many items tested, how many, of which nature and, if known, of which cause.

    The numbers are null where the test was not of a sample.
    """

    kind: Literal["deviations"] = "deviations"
    tested: int | None = Field(default=None, ge=1, le=1_000_000)
    deviating: int | None = Field(default=None, ge=1, le=1_000_000)
    items: Title = Field(default="items selected", description="What was tested, in the plural")
    nature: Prose = Field(examples=["access was removed three days later than the control requires"])
    cause: Prose | None = Field(default=None, examples=["The ticket was assigned to a person on leave."])


class NoOccurrence(Strict):
    """The circumstance that warrants the control did not occur in the period, so that operation was not tested."""

    kind: Literal["no_occurrence"] = "no_occurrence"
    circumstance: Prose = Field(examples=["There was no security incident."])


class NotTested(Strict):
    kind: Literal["not_tested"] = "not_tested"
    reason: Prose


class Replaced(Strict):
    """Another control took its place in the period."""

    kind: Literal["replaced"] = "replaced"
    on: Day
    by: Code


Result = Annotated[NoDeviations | ReportedDeviations | NoOccurrence | NotTested | Replaced, Field(discriminator="kind")]


class ControlTest(Strict):
    """A test of a control, with its result."""

    procedures: list[ReportedProcedure] = Field(min_length=1, max_length=50)
    result: Result


class ReportedControl(Strict):
    """A control at the definition that was examined, the criteria that it answers, and its tests in a Type 2."""

    code: Code
    text: LongProse
    criteria: list[Ref] = Field(max_length=200)
    tests: list[ControlTest] = Field(default=[], max_length=50)


class Matter(Strict):
    """A matter that modifies an opinion.

    `commitments` are the service commitments and system requirements that it affects; a SOC 1 has none. `limitation`:
    whether evidence could not be obtained, rather than that something was found.
    """

    text: Prose = Field(
        examples=["The controls over access to production did not include a review of privileged users."]
    )
    effect: Prose = Field(examples=["Privileged access that is no longer needed might not be detected."])
    controls: list[Code] = Field(default=[], max_length=200)
    criteria: list[Ref] = Field(default=[], max_length=200)
    commitments: list[Prose] = Field(default=[], max_length=50)
    limitation: bool = False


class Judgement(Strict):
    """The conclusion on one subject matter; a modified one says why."""

    subject: SubjectMatter
    kind: OpinionKind
    matters: list[Matter] = Field(default=[], max_length=50)


class Assertion(Strict):
    """Management's assertion as it was signed. `exceptions` are those that it states, where the opinion is modified."""

    signatory: Signatory
    signed_on: Day
    exceptions: list[Prose] = Field(default=[], max_length=50)


class SubserviceAssertion(Strict):
    """The assertion of a subservice organization whose controls are included."""

    organization: UUID = Field(description="The subservice organisation's id in the description")
    signatory: Signatory
    signed_on: Day


class ManagementsResponse(Strict):
    """Management's response to the deviations of a control, which the auditor does not examine."""

    control: Code
    text: Prose


class OtherInformation(Strict):
    title: Title = Field(examples=["Mapping to ISO/IEC 27001:2022"])
    text: LongProse


class SocWords(Strict):
    """What the firm says in a report on a SOC examination.

    `unnamed` are subservice organisations that the report does not name. `report_date` is null while it is not known.
    """

    system: Title = Field(examples=["Document Platform"])
    description_title: Title = Field(examples=["Description of the Document Platform of Example Cloud, Inc."])
    report_date: Day | None = None
    term: Term = Term.DEVIATION
    layout: Layout = Layout.BY_CRITERION
    criteria: list[ReportedCriterion] = Field(min_length=1, max_length=500)
    subservice_assertions: list[SubserviceAssertion] = Field(default=[], max_length=50)
    unnamed: list[UUID] = Field(default=[], max_length=50)
    reliability: Prose | None = Field(
        default=None, description="How the reliability of information was evaluated, where the firm describes it itself"
    )
    sampling: Prose | None = Field(
        default=None, description="The approach to sampling, where the firm describes its own"
    )
    internal_audit: Prose | None = Field(default=None, description="How work of internal audit was used; null for not")
    other_information: list[OtherInformation] = Field(default=[], max_length=50)


class SocContent(SocWords):
    """All that a report on a SOC examination says. `description` is the approved one, with its kind and dates.

    `controls` are those of the description, at the definitions in force in its time, tested as reviewed papers say.
    `judgements` are those of the opinion that was decided, and `office` is where the firm signs it: while none is
    decided there are neither. `assertion` is null while management has not signed one. Without them a report can be
    drafted, and not approved. `responses` are those that management gave to findings.
    """

    kind: SocKind
    service_organization: Title = Field(examples=["Example Cloud, Inc."])
    firm: Title = Field(examples=["Hale & Partners LLP"], description="The firm in whose name the report is signed")
    description: DescriptionContent
    judgements: list[Judgement] = Field(default=[], max_length=3)
    office: Office | None = None
    assertion: Assertion | None = None
    responses: list[ManagementsResponse] = Field(default=[], max_length=2000)
    controls: list[ReportedControl] = Field(min_length=1, max_length=2000)
