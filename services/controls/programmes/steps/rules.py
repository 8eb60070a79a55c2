"""Which steps a programme has, and how far each is. Pure: the same facts give the same steps.

1. SOC 2 and SOC 1: choose the type; define the scope; assess risks; implement controls; test them; engage the CPA
   firm; receive the report. Tests are the organisation's own (CC4.1), as those of the service auditor belong to the
   engagement.
2. ISO/IEC 27001: define the scope (clause 4); assess risks (6.1.2); state the applicability (6.1.3); set objectives
   (6.2); implement controls (8); test them (9); engage the certification body; be audited in two stages; receive the
   certificate. That it was granted is known by the closure of the programme as completed.
3. Anything else, and a self-assessment against whatever it is: the steps that need nobody from outside.
4. A step has begun when something was done for it, and is done when nothing is missing. One that was done is under way
   again when something is missing again, such as after a control has failed its test.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.programmes.known_engagements.models import KnownEngagement
from services.controls.programmes.known_engagements.rules import (
    STAGE1,
    STAGE2,
    Aim,
    current,
    missing_of_agreement,
    missing_of_report,
)
from services.controls.programmes.known_risks.models import KnownRisk
from services.controls.programmes.known_risks.rules import missing_of_risks
from services.controls.programmes.programme_lacks.rules import listed
from services.controls.programmes.programme_lacks.schemas import Missing
from services.controls.programmes.programmes.models import ReportType
from services.controls.programmes.steps.schemas import StepName, StepOut, StepState
from shared.events.catalogue.controls import ReasonCode

_OWN = (StepName.DEFINE_SCOPE, StepName.ASSESS_RISKS, StepName.IMPLEMENT_CONTROLS, StepName.TEST_CONTROLS)
_SOC = (StepName.CHOOSE_TYPE, *_OWN, StepName.ENGAGE_AUDITOR, StepName.RECEIVE_REPORT)
_ISO27001 = (
    StepName.DEFINE_SCOPE,
    StepName.ASSESS_RISKS,
    StepName.STATE_APPLICABILITY,
    StepName.SET_OBJECTIVES,
    StepName.IMPLEMENT_CONTROLS,
    StepName.TEST_CONTROLS,
    StepName.ENGAGE_AUDITOR,
    StepName.BE_AUDITED,
    StepName.RECEIVE_CERTIFICATE,
)
_OF = {Scheme.SOC2: _SOC, Scheme.SOC1: _SOC, Scheme.ISO27001: _ISO27001, Scheme.OTHER: _OWN}
_WITH_OTHERS = frozenset(
    {
        StepName.CHOOSE_TYPE,
        StepName.ENGAGE_AUDITOR,
        StepName.BE_AUDITED,
        StepName.RECEIVE_REPORT,
        StepName.RECEIVE_CERTIFICATE,
    }
)
_TITLES = {
    StepName.CHOOSE_TYPE: "Choose the type of report",
    StepName.DEFINE_SCOPE: "Define the scope",
    StepName.ASSESS_RISKS: "Assess the risks",
    StepName.STATE_APPLICABILITY: "State which controls are applicable",
    StepName.SET_OBJECTIVES: "Set information security objectives",
    StepName.IMPLEMENT_CONTROLS: "Implement the controls",
    StepName.TEST_CONTROLS: "Test the controls",
    StepName.ENGAGE_AUDITOR: "Engage the CPA firm",
    StepName.BE_AUDITED: "Be audited, stage 1 and stage 2",
    StepName.RECEIVE_REPORT: "Receive the report",
    StepName.RECEIVE_CERTIFICATE: "Receive the certificate",
}
# What is missing of controls, by the step that puts it right, in words around the requirements concerned.
_IMPLEMENTING = {
    ReasonCode.NO_CONTROL: ("No control answers {}.", "/v1/controls"),
    ReasonCode.NOT_APPROVED: ("Only drafts answer {}.", "/v1/controls/approvals/batch"),
    ReasonCode.ANSWERED_IN_PART: ("Controls answer only a part of {}.", "/v1/controls"),
    ReasonCode.NOT_IN_OPERATION: (
        "Controls are approved and not in operation for {}.",
        "/v1/controls/implementations/batch",
    ),
}
_TESTING = {
    ReasonCode.DESIGN_FAILED: ("A test of the design failed for {}.", "/v1/issues"),
    ReasonCode.DESIGN_NOT_TESTED: ("No test of the design has been concluded for {}.", "/v1/control-tests"),
    ReasonCode.SERIOUS_ISSUE_OPEN: ("A critical or high issue is open for {}.", "/v1/issues"),
    ReasonCode.OCCURRENCE_MISSED: ("Expected occurrences were missed for {}.", "/v1/occurrences/batch"),
    ReasonCode.OPERATION_FAILED: ("A test of the operation failed for {}.", "/v1/issues"),
    ReasonCode.OPERATION_NOT_TESTED: ("No test of the operation has been concluded for {}.", "/v1/control-tests"),
    ReasonCode.EVIDENCE_NOT_FRESH: ("Evidence is missing or no longer fresh for {}.", "/v1/evidence"),
}
_UNANSWERED = frozenset({ReasonCode.NO_CONTROL, ReasonCode.NOT_APPROVED})


@dataclass(frozen=True, slots=True)
class Done:
    """When something was done first, and last. Null when nothing was."""

    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a programme and of what is done for it, at an instant.

    `lacking` is what the programme itself lacks, `proposed` the requirements whose exclusion awaits approval, `lacks`
    what each relevant requirement lacks. `statement` is from the first draft to the approval in force.
    """

    programme_id: UUID
    scheme: Scheme
    report_type: ReportType
    created_at: datetime
    completed_at: datetime | None
    aim: Aim
    lacking: Sequence[Missing]
    proposed: Sequence[str]
    lacks: Mapping[str, Sequence[ReasonCode]]
    scope: Done
    objectives: Done
    statement: Done
    controls: Done
    tests: Done
    risks: Sequence[KnownRisk]
    engagements: Sequence[KnownEngagement]
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is: what was done for it, what is missing, and which step has to begin first."""

    done: Done
    missing: Sequence[Missing] = ()
    waits_for: StepName | None = None


def steps_of(facts: Facts) -> list[StepOut]:
    """The steps of a programme in their order."""
    names = _OF[facts.scheme]
    if facts.report_type == ReportType.SELF_ASSESSMENT:
        names = tuple(name for name in names if name not in _WITH_OTHERS)
    return [_step(name, facts, _PROGRESS[name](facts)) for name in names]


def _step(name: StepName, facts: Facts, progress: Progress) -> StepOut:
    begun = progress.done.first is not None
    if begun:
        state = StepState.UNDER_WAY if progress.missing else StepState.DONE
    else:
        state = StepState.BLOCKED if progress.waits_for else StepState.NOT_BEGUN
    is_certified = name == StepName.ENGAGE_AUDITOR and facts.scheme == Scheme.ISO27001
    return StepOut(
        step=name,
        title="Engage the certification body" if is_certified else _TITLES[name],
        state=state,
        began_at=progress.done.first,
        done_at=progress.done.last if state == StepState.DONE else None,
        waits_for=progress.waits_for if state == StepState.BLOCKED else None,
        missing=list(progress.missing),
    )


def _type(facts: Facts) -> Progress:
    """A SOC programme has its type and its dates from the beginning."""
    return Progress(Done(facts.created_at, facts.created_at))


def _scope(facts: Facts) -> Progress:
    missing = [each for each in facts.lacking if each.code != ReasonCode.NO_SECURITY_OBJECTIVE]
    if facts.proposed:
        words = f"That it is not relevant awaits approval: {listed(facts.proposed)}."
        missing.append(Missing(code=ReasonCode.SCOPE_DECISION_NOT_APPROVED, text=words, path="/v1/scope-decisions"))
    return Progress(Done(facts.created_at, facts.scope.last or facts.created_at), missing)


def _risks(facts: Facts) -> Progress:
    begun = [at for risk in facts.risks if (at := risk.identified_at or risk.rated_at)]
    done = [risk.rated_at for risk in facts.risks if risk.rated_at]
    return Progress(Done(min(begun, default=None), max(done, default=None)), [*missing_of_risks(facts.risks)])


def _statement(facts: Facts) -> Progress:
    missing, path = [], "/v1/statements-of-applicability"
    if facts.statement.first is None:
        missing = [Missing(code=ReasonCode.NO_STATEMENT, text="There is no Statement of Applicability.", path=path)]
    elif facts.statement.last is None:
        words = "The Statement of Applicability is drafted and not approved."
        missing = [Missing(code=ReasonCode.STATEMENT_NOT_APPROVED, text=words, path=path)]
    return Progress(facts.statement, missing, None if facts.risks else StepName.ASSESS_RISKS)


def _objectives(facts: Facts) -> Progress:
    missing = [each for each in facts.lacking if each.code == ReasonCode.NO_SECURITY_OBJECTIVE]
    return Progress(facts.objectives, missing)


def _controls(facts: Facts) -> Progress:
    return Progress(facts.controls, [*_lacking(facts, _IMPLEMENTING)])


def _tests(facts: Facts) -> Progress:
    bare = [ref for ref, lacks in facts.lacks.items() if not _UNANSWERED.isdisjoint(lacks)]
    missing = [*_lacking(facts, _TESTING)]
    if bare:
        words = f"No approved control answers {listed(bare)}, so that nothing can be tested."
        missing.append(Missing(code=ReasonCode.NOTHING_TO_TEST, text=words, path="/v1/controls"))
    is_blocked = bool(bare) and len(bare) == len(facts.lacks)
    return Progress(facts.tests, missing, StepName.IMPLEMENT_CONTROLS if is_blocked else None)


def _lacking(facts: Facts, told: Mapping[ReasonCode, tuple[str, str]]) -> Iterator[Missing]:
    for code, (words, path) in told.items():
        if refs := [ref for ref, lacks in facts.lacks.items() if code in lacks]:
            yield Missing(code=code, text=words.format(listed(refs)), path=path)


def _agreement(facts: Facts) -> Progress:
    whom = "certification body" if facts.scheme == Scheme.ISO27001 else "CPA firm"
    engagement = current(facts.engagements)
    first = min((each.proposed_at for each in facts.engagements), default=None)
    done = Done(first, engagement.accepted_at if engagement else None)
    return Progress(done, [*missing_of_agreement(engagement, facts.aim, whom=whom)])


def _report(facts: Facts) -> Progress:
    engagement = current(facts.engagements)
    if engagement is None:
        return Progress(Done(), waits_for=StepName.ENGAGE_AUDITOR)
    done = Done(engagement.fieldwork_at, engagement.issued_at)
    return Progress(done, [*missing_of_report(engagement, at=facts.at)])


def _audits(facts: Facts) -> Progress:
    missing: list[Missing] = []
    stages = {stage: current(facts.engagements, stage) for stage in (STAGE1, STAGE2)}
    for number, engagement in enumerate(stages.values(), start=1):
        if engagement is None:
            words = f"No audit of stage {number} is agreed."
            missing.append(Missing(code=ReasonCode.NO_ENGAGEMENT, text=words, path="/v1/engagements"))
        else:
            missing += missing_of_report(engagement, at=facts.at)
    agreed = [engagement for engagement in stages.values() if engagement is not None]
    begun = [each.fieldwork_at for each in agreed if each.fieldwork_at]
    issued = [each.issued_at for each in agreed if each.issued_at]
    done = Done(min(begun, default=None), max(issued, default=None))
    return Progress(done, missing, None if agreed else StepName.ENGAGE_AUDITOR)


def _certificate(facts: Facts) -> Progress:
    audited = current(facts.engagements, STAGE2)
    first = audited.issued_at if audited else None
    if facts.completed_at is not None:
        return Progress(Done(first or facts.completed_at, facts.completed_at))
    words = "The programme is not closed as completed, which says that the certificate was granted."
    path = f"/v1/programmes/{facts.programme_id}/closures"
    missing = [Missing(code=ReasonCode.CERTIFICATE_NOT_RECORDED, text=words, path=path)]
    return Progress(Done(first), missing, None if first else StepName.BE_AUDITED)


_PROGRESS: dict[StepName, Callable[[Facts], Progress]] = {
    StepName.CHOOSE_TYPE: _type,
    StepName.DEFINE_SCOPE: _scope,
    StepName.ASSESS_RISKS: _risks,
    StepName.STATE_APPLICABILITY: _statement,
    StepName.SET_OBJECTIVES: _objectives,
    StepName.IMPLEMENT_CONTROLS: _controls,
    StepName.TEST_CONTROLS: _tests,
    StepName.ENGAGE_AUDITOR: _agreement,
    StepName.BE_AUDITED: _audits,
    StepName.RECEIVE_REPORT: _report,
    StepName.RECEIVE_CERTIFICATE: _certificate,
}
