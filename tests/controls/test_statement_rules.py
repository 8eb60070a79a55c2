"""What a Statement of Applicability says of one Annex A control, and how it is written as CSV."""

import csv
import io
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.controls.frameworks.crosswalks.models import Relation
from services.controls.programmes.statements_of_applicability.models import ImplementationStatus
from services.controls.programmes.statements_of_applicability.rules import Reasoned, as_csv, implementation, line
from services.controls.programmes.statements_of_applicability.schemas import ApprovedLine, LineControl
from services.controls.register.controls.models import ControlStatus
from shared.http.fields import ActedBy
from tests.support import acting

_CONTROLS = st.lists(
    st.builds(
        LineControl,
        code=st.from_regex(r"[A-Z]{2}-[0-9]{2}", fullmatch=True),
        title=st.just("Control"),
        status=st.sampled_from([ControlStatus.DRAFT, ControlStatus.APPROVED, ControlStatus.IMPLEMENTED]),
        relation=st.none() | st.sampled_from(Relation),
        via=st.just("soc2:CC6.3"),
        crosswalk=st.just("soc2-iso27001"),
    ),
    max_size=5,
)
_REASON = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1)
_DECISIONS = st.none() | st.builds(Reasoned, relevant=st.booleans(), reason=_REASON)


@given(decision=_DECISIONS, controls=_CONTROLS)
def test_a_line_says_why_it_is_in_or_why_it_is_out(decision: Reasoned | None, controls: list[LineControl]) -> None:
    said = line("A.5.15", "Access control", decision, controls, "It treats a risk.")
    assert said.applicable == (decision is None or decision.relevant)
    assert (said.included_because is None) == (not said.applicable)
    assert (said.excluded_because is None) == said.applicable
    assert (said.implementation is None) == (not said.applicable)
    assert said.control_count == (len(controls) if said.applicable else 0)
    if decision is None:
        assert said.included_because == "It treats a risk."


def _whole(control: LineControl) -> bool:
    return control.relation in {None, Relation.EQUAL, Relation.SUPERSET_OF}


@given(controls=_CONTROLS)
def test_implemented_is_every_control_in_operation_that_answers_all_of_it(controls: list[LineControl]) -> None:
    found = implementation(controls)
    whole = [each.status == ControlStatus.IMPLEMENTED for each in controls if _whole(each)]
    assert (found == ImplementationStatus.NOT_IMPLEMENTED) == (not controls)
    assert (found == ImplementationStatus.IMPLEMENTED) == (bool(whole) and all(whole))
    if found in {ImplementationStatus.PARTLY, ImplementationStatus.PLANNED}:
        some = any(each.status == ControlStatus.IMPLEMENTED for each in controls)
        assert (found == ImplementationStatus.PARTLY) == some


@given(controls=_CONTROLS)
def test_parts_are_not_added_up_and_take_nothing_away(controls: list[LineControl]) -> None:
    whole, parts = [each for each in controls if _whole(each)], [each for each in controls if not _whole(each)]
    assert implementation(parts) != ImplementationStatus.IMPLEMENTED
    if implementation(whole) == ImplementationStatus.IMPLEMENTED:
        assert implementation(controls) == ImplementationStatus.IMPLEMENTED


@given(reason=_REASON, controls=_CONTROLS)
def test_csv_reads_back_and_holds_no_formula(reason: str, controls: list[LineControl]) -> None:
    said = line("A.5.15", "Access control", Reasoned(relevant=True, reason=reason), controls, "It treats a risk.")
    approved = ApprovedLine(
        **said.model_dump(),
        approver=ActedBy.model_validate(acting("kim").recorded),
        approved_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    heading, row = csv.reader(io.StringIO(as_csv([approved]), newline=""))
    told = dict(zip(heading, row, strict=True))
    assert told["control"] == "A.5.15"
    assert told["included because"].removeprefix("'") == reason.removeprefix("'")
    through = [each.partition(" ")[0] for each in told["through controls"].split("; ") if each]
    assert through == sorted(each.code for each in controls)
    assert told["through controls"].count("(") == sum(each.relation is not None for each in controls)
    assert told["approved by"] == "kim"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
