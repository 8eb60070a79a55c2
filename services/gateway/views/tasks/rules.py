"""What somebody has to do about a thing, and who, from what its events told.

Where no rule speaks of a kind, a thing that has an owner and a due date waits for its owner until it is over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.gateway.views.told.rules import BY_KIND, DONE, DUE, Facts, first_of, state_of
from shared.events.catalogue.testing import Outcome
from shared.identity.permissions import P, Permission


class Task(StrEnum):
    """What is to be done. `complete` is what is due of a thing that has an owner and no rule of its own."""

    ACCEPT = "accept"
    ACKNOWLEDGE_OWNERSHIP = "acknowledge_ownership"
    ANSWER = "answer"
    APPROVE = "approve"
    COLLECT = "collect"
    COMPLETE = "complete"
    CONFIRM = "confirm"
    DECIDE = "decide"
    EVALUATE = "evaluate"
    RESOLVE = "resolve"
    RESPOND = "respond"
    REVIEW = "review"
    SIGN_OFF = "sign_off"
    TEST = "test"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task: for these people, or for whoever has the permission where nobody is named, but never for `without`."""

    task: Task
    people: Sequence[UUID]
    permission: Permission
    without: UUID | None


@dataclass(frozen=True, slots=True)
class Rule:
    """In these `states` there is this task, for those who have the permission it `needs`.

    `whom` are the fields that name people; `apart` is whether another must do it than who brought the thing so far.
    """

    task: Task
    states: frozenset[str]
    needs: Permission
    whom: tuple[str, ...] = ()
    apart: bool = False
    unless: Callable[[Facts], bool] = lambda _: False


def _when(*states: str) -> frozenset[str]:
    return frozenset(states)


def _is_performed(facts: Facts) -> bool:
    return first_of(facts, ("performed",)) is True


def _needs_no_signature(facts: Facts) -> bool:
    """Only a pass by hand waits for somebody else."""
    by_hand = first_of(facts, ("automated",)) is False
    return not by_hand or first_of(facts, ("outcome",)) != Outcome.PASS or first_of(facts, ("concluded",)) is not None


_OWNER = ("owner_id",)
_RULES: Mapping[str, Sequence[Rule]] = {
    "acceptance": (
        Rule(Task.ACCEPT, _when("proposed"), P.RISKS_OWN, _OWNER),
        Rule(Task.APPROVE, _when("accepted"), P.RISKS_APPROVE, apart=True),
        Rule(Task.CONFIRM, _when("stale"), P.RISKS_OWN, _OWNER),
    ),
    "candidate": (
        Rule(Task.RESPOND, _when("raised"), P.CANDIDATES_RESPOND),
        Rule(Task.EVALUATE, _when("responded", "remediated", "reopened"), P.CANDIDATES_EVALUATE),
    ),
    "collection": (Rule(Task.COLLECT, _when("opened", "reopened"), P.EVIDENCE_SUBMIT, _OWNER),),
    "control": (Rule(Task.APPROVE, _when("defined"), P.CONTROLS_APPROVE, apart=True),),
    "control_test": (Rule(Task.TEST, _when("planned"), P.TESTS_PERFORM, ("tester_id",), unless=_is_performed),),
    "disposal": (Rule(Task.APPROVE, _when("requested"), P.DISPOSALS_APPROVE, apart=True),),
    "evidence": (Rule(Task.REVIEW, _when("submitted"), P.EVIDENCE_REVIEW, apart=True),),
    "finding": (Rule(Task.RESPOND, _when("communicated"), P.FINDINGS_RESPOND),),
    "historical_record": (Rule(Task.ACCEPT, _when("recorded"), P.HISTORICAL_RECORDS_ACCEPT, apart=True),),
    "issue": (
        Rule(Task.RESOLVE, _when("open", "remediating"), P.ISSUES_WRITE, _OWNER),
        Rule(Task.VERIFY, _when("resolved"), P.ISSUES_VERIFY, apart=True),
    ),
    "paper": (Rule(Task.REVIEW, _when("prepared"), P.PAPERS_REVIEW, apart=True),),
    "policy": (Rule(Task.REVIEW, _when("review_due"), P.POLICIES_WRITE, _OWNER),),
    "policy_version": (
        Rule(Task.DECIDE, _when("submitted", "endorsed"), P.POLICIES_DECIDE, ("approver_ids",), apart=True),
    ),
    "questionnaire": (Rule(Task.ACCEPT, _when("submitted"), P.VENDORS_WRITE),),
    "request": (
        Rule(Task.ANSWER, _when("open", "returned"), P.REQUESTS_ANSWER, _OWNER),
        Rule(Task.DECIDE, _when("submitted", "declared_unavailable"), P.REQUESTS_ACCEPT),
    ),
    "risk": (Rule(Task.ACKNOWLEDGE_OWNERSHIP, _when("proposed"), P.RISKS_OWN, _OWNER),),
    "risk_override": (Rule(Task.APPROVE, _when("proposed"), P.RISKS_APPROVE, apart=True),),
    "scope_decision": (Rule(Task.APPROVE, _when("proposed"), P.PROGRAMMES_APPROVE, apart=True),),
    "statement_of_applicability": (
        Rule(Task.APPROVE, _when("drafted", "lines_approved"), P.PROGRAMMES_APPROVE, apart=True),
    ),
    "team_member": (Rule(Task.CONFIRM, _when("unconfirmed"), P.INDEPENDENCE_CONFIRM, ("person_id",)),),
    "test_result": (Rule(Task.SIGN_OFF, _when("recorded"), P.TESTS_APPROVE, apart=True, unless=_needs_no_signature),),
    "vendor_condition": (Rule(Task.RESOLVE, _when("set"), P.VENDORS_WRITE, _OWNER),),
    "vendor_review": (
        Rule(Task.REVIEW, _when("started", "evidence_gathered"), P.VENDORS_WRITE, ("reviewer_id",)),
        Rule(Task.DECIDE, _when("assessed"), P.VENDORS_APPROVE, apart=True),
    ),
    "waiver": (Rule(Task.APPROVE, _when("requested"), P.WAIVERS_APPROVE, apart=True),),
}
_OVER = frozenset(
    {
        *("accepted", "abandoned", "achieved", "archived", "cancelled", "closed", "completed", "decided", "declined"),
        *("deleted", "done", "expired", "implemented", "lapsed", "met", "reached", "refused", "rejected", "resolved"),
        *("retired", "revoked", "skipped", "superseded", "verified", "withdrawn"),
    }
)
_WHO_ANSWERS = ("owner_id", "assignee_id", "reviewer_id")


def waiting(kind: str, facts: Facts) -> Waiting | None:
    """What somebody has to do about a thing of this kind; None when nobody has to do anything."""
    state = state_of(facts)
    if kind not in _RULES:
        return _due_from_owner(kind, facts, state)
    rule = next((rule for rule in _RULES[kind] if state in rule.states and not rule.unless(facts)), None)
    if rule is None:
        return None
    by = first_of(facts, ("by",))
    without = UUID(by) if rule.apart and by else None
    return Waiting(rule.task, _people(facts, rule.whom), rule.needs, without)


def _due_from_owner(kind: str, facts: Facts, state: str | None) -> Waiting | None:
    people = _people(facts, _WHO_ANSWERS)
    is_over = state in _OVER or first_of(facts, DONE) is not None
    if not people or is_over or first_of(facts, DUE) is None:
        return None
    return Waiting(Task.COMPLETE, people, BY_KIND[kind].permission, None)


def _people(facts: Facts, fields: Sequence[str]) -> list[UUID]:
    """The people whom the first of these fields names that has a value."""
    named = first_of(facts, fields) if fields else None
    return [UUID(each) for each in (named if isinstance(named, list) else [named] if named else [])]
