"""What events tell of things, whatever their order, and whom these wait for."""

import itertools
import json
import re
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.auditors import shown_to_auditors
from deploy.local.services import ROOT
from services.gateway.views.inbox import rules as inbox
from services.gateway.views.search.rules import terms_of, unnamed
from services.gateway.views.tasks.rules import Task, waiting
from services.gateway.views.told.rules import (
    BY_KIND,
    NOUNS,
    OF_CLIENT,
    Facts,
    Told,
    controls_of,
    due_of,
    merged,
    state_of,
    told_by,
    visible_kinds,
)
from shared.clock import new_id
from shared.events.catalogue.controls import ControlApproved, ControlDefined, ControlRevised, Severity
from shared.events.catalogue.issues import IssueOpened, IssueResolved
from shared.events.catalogue.testing import Outcome, TestKind, TestPlanned, TestRecorded
from shared.events.event import CATALOGUE, Event, Heard
from shared.identity.callers import Actor, ActorKind, Caller
from shared.identity.permissions import P
from shared.identity.roles import GRANTS, Role

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
ANN = Actor(ActorKind.PERSON, uuid.uuid4(), "Ann")


def heard(event: Event, subject: uuid.UUID, version: int, by: Actor = ANN) -> Heard[Any]:
    """An event as a handler gets it."""
    return Heard(new_id(), uuid.uuid4(), subject, version, AT, by, event)


def facts_of(*events: Heard[Any], kind: str) -> Facts:
    """What is known of the one thing of a kind, after these events in this order."""
    facts: Facts = {}
    for event in events:
        for told in told_by(event):
            if told.kind == kind:
                facts = merged(facts, told)
    return facts


def test_every_noun_that_can_be_read_is_known_by_its_events() -> None:
    nouns = {name.rpartition(".")[0] for name in CATALOGUE}
    assert NOUNS.keys() <= nouns
    assert len(BY_KIND) == len(NOUNS), "a kind is one noun's"
    assert {"controls.control", "evidence.item", "risk.risk", "audit.request", "gateway.person"} <= NOUNS.keys()
    for kind, noun in BY_KIND.items():
        assert noun.prefix.startswith("/v1/"), kind
        assert noun.prefix.endswith("/"), kind


def test_a_draft_waits_for_another_person_until_it_is_approved_in_any_order() -> None:
    subject = uuid.uuid4()
    told = [
        heard(ControlDefined(code="LG-01", title="Logs"), subject, 1),
        heard(ControlRevised(code="LG-01", title="Logs are kept"), subject, 2, SOMEBODY),
    ]
    draft = facts_of(*told, kind="control")
    found = waiting("control", draft)
    assert found is not None
    assert (found.task, found.people, found.permission, found.without) == (
        Task.APPROVE,
        [],
        P.CONTROLS_APPROVE,
        ANN.person,
    )
    told.append(heard(ControlApproved(code="LG-01", title="Logs are kept"), subject, 3, SOMEBODY))
    for order in itertools.permutations(told):
        facts = facts_of(*order, kind="control")
        assert (state_of(facts), facts["title"][1]) == ("approved", "Logs are kept")
        assert waiting("control", facts) is None
        assert controls_of("control", subject, facts) == [subject]


SOMEBODY = Actor(ActorKind.PERSON, uuid.uuid4(), "Sam")


def test_an_issue_waits_for_its_owner_then_for_somebody_else() -> None:
    owner, control, subject = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    said = {
        "title": "Reviews are late",
        "control_ids": [control],
        "severity": Severity.HIGH,
        "owner_id": owner,
        "due_on": date(2026, 12, 24),
    }
    opened = heard(IssueOpened(**said, status="open", source="test", source_reference=None), subject, 1)
    facts = facts_of(opened, kind="issue")
    found = waiting("issue", facts)
    assert found is not None
    assert (found.task, found.people, found.without) == (Task.RESOLVE, [owner], None)
    assert due_of(facts) == datetime(2026, 12, 25, tzinfo=UTC)
    assert controls_of("issue", subject, facts) == [control]
    resolved = heard(IssueResolved(**said, status="resolved"), subject, 2, SOMEBODY)
    found = waiting("issue", facts_of(opened, resolved, kind="issue"))
    assert found is not None
    assert (found.task, found.people, found.without) == (Task.VERIFY, [], SOMEBODY.person)


def test_a_result_ends_the_planned_test_and_waits_for_a_signature_when_it_is_a_pass_by_hand() -> None:
    tester, control, test, result = (uuid.uuid4() for _ in range(4))
    about = {"control_id": control, "control_code": "LG-01", "title": "Look", "kind": TestKind.OPERATING}
    planned = heard(TestPlanned(**about, tester_id=tester, due_at=AT), test, 1)
    found = waiting("control_test", facts_of(planned, kind="control_test"))
    assert found is not None
    assert (found.task, found.people) == (Task.TEST, [tester])
    outcome = {"test_id": test, "standing_id": uuid.uuid4(), "observed_at": AT, "outcome": Outcome.PASS}
    by_hand = heard(TestRecorded(**about, **outcome, automated=False), result, 1)
    pushed = heard(TestRecorded(**about, **outcome, automated=True, concluded=Outcome.PASS), result, 1)
    for order in ((planned, by_hand), (by_hand, planned)):
        assert waiting("control_test", facts_of(*order, kind="control_test")) is None
    found = waiting("test_result", facts_of(by_hand, kind="test_result"))
    assert found is not None
    assert (found.task, found.permission, found.without) == (Task.SIGN_OFF, P.TESTS_APPROVE, ANN.person)
    assert waiting("test_result", facts_of(pushed, kind="test_result")) is None


@pytest.mark.parametrize(("state", "waits"), [("open", True), ("in_progress", True), ("completed", False)])
def test_a_noun_without_a_rule_waits_for_its_owner_until_it_is_over(state: str, *, waits: bool) -> None:
    owner = uuid.uuid4()
    facts = {"owner_id": (1, str(owner)), "due_on": (1, "2026-12-24"), "status": (1, state)}
    found = waiting("milestone", facts)
    assert (found is not None) == waits
    if found:
        assert (found.task, found.people) == (Task.COMPLETE, [owner])
        assert waiting("milestone", {**facts, "done_on": (2, "2026-12-23")}) is None
        assert waiting("milestone", {**facts, "due_on": (2, None)}) is None


@given(st.permutations(list(range(1, 6))))
def test_the_newest_version_of_each_field_wins_in_any_order(versions: list[int]) -> None:
    facts: Facts = {}
    for version in versions:
        said = {"title": f"v{version}"} | ({"status": "open"} if version < 3 else {})
        facts = merged(facts, Told("issue", uuid.UUID(int=1), version, said))
    assert facts == {"title": (5, "v5"), "status": (2, "open")}


def test_a_caller_sees_the_kinds_that_it_has_the_permission_to_read() -> None:
    assert set(visible_kinds(Caller(uuid.uuid4(), "member:1", frozenset(P)))) == BY_KIND.keys()
    assert visible_kinds(Caller(uuid.uuid4(), "client:1", GRANTS[Role.MONITOR])) == []
    viewer = visible_kinds(Caller(uuid.uuid4(), "client:1", GRANTS[Role.VIEWER]))
    assert {"control", "request"} <= set(viewer)
    assert not {"hold", "paper", "api_client"} & set(viewer)


def test_an_engagement_shows_only_kinds_that_a_token_for_one_reads() -> None:
    contract = json.loads((ROOT / "services/gateway/contract/openapi.json").read_text(encoding="utf-8"))["paths"]
    (rows,) = (
        shown.rows
        for shown in shown_to_auditors("gateway", ROOT / "services/gateway/migrations")
        if shown.table == "things"
    )
    shown = {kind for kind in BY_KIND if f"'{kind}'" in rows}
    assert len(shown) > 30
    for kind in shown:
        (read,) = (
            operations["get"]
            for path, operations in contract.items()
            if path.startswith(BY_KIND[kind].prefix) and path.endswith("}") and path.count("/") == 3
        )
        assert read["x-auditors"], kind


@pytest.mark.parametrize(
    ("q", "terms"),
    [("LG-01", ["lg-01"]), ("  (Quarterly) review, of", ["quarterly", "review", "of"]), ("…", []), ("a a A", ["a"])],
)
def test_a_search_looks_for_each_word_the_longest_first(q: str, terms: list[str]) -> None:
    assert terms_of(q) == terms


def test_the_kinds_of_the_client_are_those_that_auditors_are_shown_of_it() -> None:
    (things,) = [
        each for each in shown_to_auditors("gateway", ROOT / "services/gateway/migrations") if each.table == "things"
    ]
    _, _, of_client = things.rows.partition("org_id = the client")
    assert set(re.findall(r"'(\w+)'", of_client)) == OF_CLIENT


def _thing(kind: str, title: str | None) -> dict[str, Any]:
    return {"kind": kind, "code": None, "title": title, "about": "AC-1"}


def test_what_names_a_control_outside_the_scope_is_not_found() -> None:
    items = [_thing("issue", "ac-9 fails"), _thing("paper", "AC-9 as well"), _thing("issue", None), _thing("risk", "R")]
    found = unnamed({"items": items, "more": False}, ["AC-9"], 2)
    assert found == {"items": items[1:3], "more": True}
    assert unnamed({"items": items[:2], "more": False}, ["AC-9"], 1) == {"items": items[1:2], "more": False}


def test_what_waits_names_no_control_outside_the_scope() -> None:
    items = [_thing("candidate", "ac-9 fails"), _thing("paper", "AC-9 as well"), _thing("issue", None)]
    told = inbox.unnamed({"waiting": 3, "items": items}, ["AC-9"])
    assert told == {"waiting": 3, "items": [items[0] | {"title": "[a control outside the scope] fails"}, *items[1:]]}
