"""What the controls service announces."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.event import Event


class HealthState(StrEnum):
    """Whether a control works, as far as its evidence shows."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    AT_RISK = "at_risk"
    FAILING = "failing"


class ReasonCode(StrEnum):
    """Why a control, a requirement, a programme or a step of it is as it is, for programs; the words are for people.

    One list for health, readiness, gaps, steps and events: the same word means the same everywhere.
    `docs/reasons.md` explains each.
    """

    NOT_IN_OPERATION = "not_in_operation"
    EVIDENCE_EXPIRED = "evidence_expired"
    OCCURRENCE_MISSED = "occurrence_missed"
    OCCURRENCES_MISSED_IN_A_ROW = "occurrences_missed_in_a_row"
    OCCURRENCES_MISSED_TOO_OFTEN = "occurrences_missed_too_often"
    DESIGN_FAILED = "design_failed"
    OPERATION_FAILED = "operation_failed"
    SERIOUS_ISSUE_OPEN = "serious_issue_open"
    EVIDENCE_OVERDUE = "evidence_overdue"
    EVIDENCE_MISSING = "evidence_missing"
    NOTHING_SHOWN = "nothing_shown"
    NO_EVIDENCE_EXPECTED = "no_evidence_expected"
    NO_OCCURRENCE_EXPECTED = "no_occurrence_expected"
    NO_TEST = "no_test"
    EVIDENCE_EXPIRING = "evidence_expiring"
    TEST_OVERDUE = "test_overdue"
    OCCURRENCE_MISSED_EARLIER = "occurrence_missed_earlier"
    OCCURRENCE_MADE_GOOD = "occurrence_made_good"
    TEST_UNDECIDED = "test_undecided"
    ISSUE_OPEN = "issue_open"
    EVIDENCE_FRESH = "evidence_fresh"
    TEST_PASSED = "test_passed"
    MORE = "more"
    NO_CONTROL = "no_control"
    NOT_APPROVED = "not_approved"
    ANSWERED_IN_PART = "answered_in_part"
    DESIGN_NOT_TESTED = "design_not_tested"
    OPERATION_NOT_TESTED = "operation_not_tested"
    EVIDENCE_NOT_FRESH = "evidence_not_fresh"
    APPROVED_AFTER_START = "approved_after_start"
    IMPLEMENTED_AFTER_START = "implemented_after_start"
    RETIRED_BEFORE_END = "retired_before_end"
    NOT_MAPPED = "not_mapped"
    NO_OCCURRENCE_IN_PERIOD = "no_occurrence_in_period"
    TOO_FEW_OCCURRENCES = "too_few_occurrences"
    NOT_EVIDENCED = "not_evidenced"
    NO_COMMITMENT = "no_commitment"
    NO_SYSTEM_REQUIREMENT = "no_system_requirement"
    CRITERION_WITHOUT_COMMITMENT = "criterion_without_commitment"
    NO_INTERESTED_PARTY = "no_interested_party"
    NO_SECURITY_OBJECTIVE = "no_security_objective"
    OBJECTIVE_WITHOUT_ASSERTION = "objective_without_assertion"
    SCOPE_DECISION_NOT_APPROVED = "scope_decision_not_approved"
    NO_RISK = "no_risk"
    RISK_NOT_RATED = "risk_not_rated"
    RISK_WITHOUT_CONTROL = "risk_without_control"
    NO_STATEMENT = "no_statement"
    STATEMENT_NOT_APPROVED = "statement_not_approved"
    NOTHING_TO_TEST = "nothing_to_test"
    NO_ENGAGEMENT = "no_engagement"
    ENGAGEMENT_NOT_ACCEPTED = "engagement_not_accepted"
    ENGAGEMENT_WITHOUT_CONTROLS = "engagement_without_controls"
    ENGAGEMENT_DIFFERS = "engagement_differs"
    PERIOD_NOT_OVER = "period_not_over"
    REPORT_NOT_ISSUED = "report_not_issued"
    CERTIFICATE_NOT_RECORDED = "certificate_not_recorded"


class Severity(StrEnum):
    """How much an issue weighs: critical and high ones mean that the control does not work."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AboutControl(Event):
    """Every event about a control says which, in the organisation's own words."""

    code: str
    title: str


class ControlDefined(AboutControl):
    """A control was written down, as a draft. Who answers for it later is told by its reassignments."""

    name: ClassVar[str] = "controls.control.defined"

    owner_id: UUID | None = None
    backup_owner_id: UUID | None = None


class ControlRevised(AboutControl):
    """A control's wording, owner or mapping changed.

    `definition` is the number of the one that took effect thereby, and `effective_from` when; null otherwise.
    """

    name: ClassVar[str] = "controls.control.revised"

    definition: int | None = None
    effective_from: datetime | None = None


class ControlApproved(AboutControl):
    """Someone other than its author approved a control."""

    name: ClassVar[str] = "controls.control.approved"

    definition: int | None = None
    effective_from: datetime | None = None


class ControlImplemented(AboutControl):
    """A control is in operation, `since` an instant that may lie before it was said.

    Of one that was in operation before Attest knew, `historical_record_id` is the accepted record; null otherwise.
    """

    name: ClassVar[str] = "controls.control.implemented"

    since: datetime | None = None
    historical_record_id: UUID | None = None


class ControlRetired(AboutControl):
    """A control is no longer operated, `since` an instant that may lie before it was said."""

    name: ClassVar[str] = "controls.control.retired"

    since: datetime | None = None


class AboutHealth(AboutControl):
    """A change of health, with its reasons in words. The version counts changes of health, not of the control.

    `reasons` are words for people. `reason_codes` has a code for each of them, in their order, for programs to decide
    by (`evidence_expired`, `operation_failed`, …); more may be added. `failing_since` is from when the first of the
    reasons for which it fails applies, as far as is known: it may lie long before this was found. `waived_until` is
    until when a waiver is in force, which changes nothing of the state; a reminder can wait until then.
    """

    health: HealthState
    before: HealthState
    reasons: list[str]
    reason_codes: list[str]
    failing_since: datetime | None = None
    waived_until: datetime | None = None


class ControlFailing(AboutHealth):
    """A control was found not to work, or still not to work for reasons of other kinds; `before` is failing then."""

    name: ClassVar[str] = "controls.health.failing"


class ControlAtRisk(AboutHealth):
    """A control works, but what shows it will soon run out."""

    name: ClassVar[str] = "controls.health.at_risk"


class ControlRecovered(AboutHealth):
    """A control that was failing works again."""

    name: ClassVar[str] = "controls.health.recovered"


class ControlProven(AboutHealth):
    """A control works, and was not failing before."""

    name: ClassVar[str] = "controls.health.proven"


class ControlUnproven(AboutHealth):
    """Nothing shows any longer whether a control works."""

    name: ClassVar[str] = "controls.health.unproven"


class HealthPolicySet(Event):
    """The organisation set how many missed occurrences it tolerates, in percent of those expected in twelve months."""

    name: ClassVar[str] = "controls.health_policy.set"

    tolerated_misses_percent: int


class ProgrammeStarted(Event):
    """An organisation goes for a report on a date or over a period (both days in it), with these categories."""

    name: ClassVar[str] = "controls.programme.started"

    title: str
    report_type: str
    categories: list[str]
    as_of_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    framework: str = "soc2"
    framework_version: str = "2017 (rev. 2022)"
    asset_ids: list[UUID] = Field(default_factory=list)


class FrameworkDefined(Event):
    """An organisation defined a framework of its own."""

    name: ClassVar[str] = "controls.framework.defined"

    code: str
    title: str
    scheme: str
