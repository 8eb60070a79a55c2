"""What holds of the steps of a programme whatever is known of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.programmes.known_engagements.models import KnownEngagement
from services.controls.programmes.known_engagements.rules import Aim, current
from services.controls.programmes.known_risks.models import KnownRisk
from services.controls.programmes.programmes.models import ReportType
from services.controls.programmes.readiness.schemas import LACKS
from services.controls.programmes.steps.rules import Done, Facts, steps_of
from services.controls.programmes.steps.schemas import StepName, StepState
from shared.events.catalogue.controls import ReasonCode

_ID, _BEGAN = UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC)
_KINDS = {
    Scheme.SOC2: ("soc2_type2", ReportType.SOC2_TYPE2),
    Scheme.SOC1: ("soc1_type1", ReportType.SOC1_TYPE1),
    Scheme.ISO27001: ("iso27001_stage2", ReportType.ISO27001_CERTIFICATION),
}


def _instants() -> st.SearchStrategy[datetime]:
    return st.integers(0, 400).map(lambda days: _BEGAN + timedelta(days=days))


@st.composite
def _done(draw: st.DrawFn) -> Done:
    first, last = sorted([draw(_instants()), draw(_instants())])
    return draw(st.sampled_from([Done(), Done(first), Done(first, last)]))


@st.composite
def _engagement(draw: st.DrawFn, kind: str) -> KnownEngagement:
    planned, fieldwork, issued = sorted(draw(st.lists(_instants(), min_size=3, max_size=3)))
    reached = draw(st.integers(0, 2))
    return KnownEngagement(
        org_id=_ID,
        id=draw(st.uuids()),
        programme_id=_ID,
        kind=kind,
        title="The audit",
        firm_id=_ID,
        readable=True,
        phase=("accepted", "fieldwork", "issued")[reached],
        categories=["security"],
        control_ids=[_ID] * draw(st.integers(0, 2)),
        covers_from=_BEGAN,
        covers_until=_BEGAN + timedelta(days=181),
        proposed_at=planned,
        accepted_at=planned,
        fieldwork_at=fieldwork if reached else None,
        issued_at=issued if reached > 1 else None,
        version=1,
    )


@st.composite
def _facts(draw: st.DrawFn) -> Facts:
    scheme = draw(st.sampled_from([*_KINDS]))
    kind, report_type = _KINDS[scheme]
    risk = KnownRisk(
        org_id=_ID, id=_ID, code="R-01", title="R", status="open", treatment="mitigate", controls=[], rated_at=_BEGAN
    )
    lacks = draw(st.dictionaries(st.sampled_from(["CC6.1", "CC6.2"]), st.lists(st.sampled_from(LACKS), unique=True)))
    return Facts(
        programme_id=_ID,
        scheme=scheme,
        report_type=report_type,
        created_at=_BEGAN,
        completed_at=draw(st.none() | _instants()),
        aim=Aim(date(2026, 1, 1), date(2026, 6, 30), ["security"]),
        lacking=(),
        proposed=draw(st.sampled_from([(), ("CC6.4",)])),
        lacks=lacks,
        scope=draw(_done()),
        objectives=draw(_done()),
        statement=draw(_done()),
        controls=draw(_done()),
        tests=draw(_done()),
        risks=draw(st.sampled_from([(), (risk,)])),
        engagements=draw(st.lists(_engagement(kind), max_size=3)),
        at=draw(_instants()),
    )


@given(facts=_facts())
def test_a_step_is_done_when_it_has_begun_and_nothing_is_missing(facts: Facts) -> None:
    for step in steps_of(facts):
        begun = step.began_at is not None
        assert (step.state == StepState.DONE) == (begun and not step.missing)
        assert (step.state == StepState.UNDER_WAY) == (begun and bool(step.missing))
        assert (step.state == StepState.BLOCKED) == (step.waits_for is not None)
        assert step.done_at is None or step.state == StepState.DONE


@given(facts=_facts())
def test_what_a_step_waits_for_comes_before_it(facts: Facts) -> None:
    order = [step.step for step in steps_of(facts)]
    for place, step in enumerate(steps_of(facts)):
        assert step.waits_for is None or order.index(step.waits_for) < place


@given(facts=_facts(), lack=st.sampled_from(LACKS))
def test_what_a_requirement_lacks_keeps_a_step_from_being_done(facts: Facts, lack: ReasonCode) -> None:
    lacking = replace(facts, lacks={**facts.lacks, "CC9.9": [lack]})
    states = {step.step: step.state for step in steps_of(lacking)}
    assert StepState.DONE not in {states[StepName.IMPLEMENT_CONTROLS]} & {states[StepName.TEST_CONTROLS]}
    told = [each.text for step in steps_of(lacking) for each in step.missing]
    assert any("CC9.9" in text or "more" in text for text in told)


@given(engagements=st.lists(_engagement("soc2_type2"), min_size=1, max_size=4))
def test_an_issued_report_counts_before_any_that_is_not(engagements: list[KnownEngagement]) -> None:
    chosen = current(engagements)
    assert chosen is not None
    assert (chosen.issued_at is not None) == any(each.issued_at for each in engagements)


@pytest.mark.parametrize("scheme", [*Scheme])
def test_a_self_assessment_waits_for_nobody_outside(scheme: Scheme) -> None:
    outside = {StepName.ENGAGE_AUDITOR, StepName.BE_AUDITED, StepName.RECEIVE_REPORT, StepName.RECEIVE_CERTIFICATE}
    empty = Done()
    facts = Facts(
        programme_id=_ID,
        scheme=scheme,
        report_type=ReportType.SELF_ASSESSMENT,
        created_at=_BEGAN,
        completed_at=None,
        aim=Aim(None, None, ()),
        lacking=(),
        proposed=(),
        lacks={},
        scope=empty,
        objectives=empty,
        statement=empty,
        controls=empty,
        tests=empty,
        risks=(),
        engagements=(),
        at=_BEGAN,
    )
    assert not {step.step for step in steps_of(facts)} & outside
