"""Which facts a delivery brings: a pure function of the rules, the event and the document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.integrations.mapping.documents.rules import (
    MOST,
    Document,
    events_in,
    instant,
    joined,
    listed,
    text,
    text_at,
    url,
    value_at,
)
from services.integrations.mapping.rule_terms.models import Condition, FactKind, Rule, RuleSet
from services.integrations.mapping.rule_terms.rules import ABSENT, NO_RULES, PASS, PENDING, is_named
from services.integrations.receiving.deliveries.models import DeliveryState
from services.integrations.receiving.sources.models import SourceKind
from shared.canonical import canonical

FAILED = "the rules failed on it"
MOST_LOOKS = 100_000  # things and conditions of one delivery, so that none keeps the others waiting
_LONGEST_DETAIL = 500


@dataclass(frozen=True, slots=True)
class Learnt:
    """A fact as a rule makes it; `observed_at` is None where the source does not say when.

    `own` is whether a rule of the organisation made it, and not a shipped one.
    """

    kind: FactKind
    thing: str
    run: str | None
    state: str
    observed_at: datetime | None
    url: str | None
    evidence: bool | None
    not_evidence: str | None
    data: Mapping[str, Any]
    own: bool

    def digest(self, body: str, replaces: UUID | None = None) -> str:
        """Tells it from every other fact of its source, whichever delivery brings it.

        What has neither a run nor a time happens again with the same words: the SHA-256 of the body tells it apart. One
        that replaces another is told even if the same was told before that one.
        """
        timed = str(self.observed_at) if self.observed_at or self.run else body
        told = [self.kind, self.thing, self.run, self.state, timed, self.evidence, dict(self.data)]
        return sha256(canonical([*told, str(replaces)] if replaces else told)).hexdigest()


class TooMuch(Exception):  # noqa: N818 - what is caught is named for what it says
    """The rules would look at too much of a delivery."""


@dataclass(slots=True)
class Mapped:
    """The facts of a delivery; `unmapped` names what no rule knows, `known` is whether any rule knows the event."""

    facts: list[Learnt] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    known: bool = False
    looks: int = 0

    def look(self, number: int) -> None:
        """Count what rules look at; `TooMuch` when that is more than one delivery may cost."""
        self.looks += number
        if self.looks > MOST_LOOKS:
            raise TooMuch


@dataclass(frozen=True, slots=True)
class Own:
    """An organisation's own rules for a kind of sender, and the number of the version that they are."""

    rules: RuleSet = NO_RULES
    number: int | None = None


NO_OWN = Own()


@dataclass(frozen=True, slots=True)
class _Made:
    """What a rule is applied with; `shipped` are the shipped rules about the same event, where the rule is none."""

    branches: Sequence[str]
    own: bool
    shipped: Sequence[Rule] = ()


def learnt(
    kind: SourceKind, event: str, document: Document, branches: Sequence[str], shipped: RuleSet, own: RuleSet = NO_RULES
) -> Mapped:
    """The facts of one delivery. Own rules go before the shipped ones for the events that they name.

    Nothing that a shipped rule knows not to be a success is a pass by an own rule, and a fork stays a fork.
    """
    mapped = Mapped()
    try:
        _learn(mapped, events_in(kind, event, document), branches, shipped, own)
    except TooMuch:
        return Mapped(unmapped=[f"the rules look at more than {MOST_LOOKS:,} things in it"], known=True)
    return mapped


def _learn(
    mapped: Mapped, events: Iterator[tuple[str, Document]], branches: Sequence[str], shipped: RuleSet, own: RuleSet
) -> None:
    for name, item in events:
        known, about = _about(own, name), _about(shipped, name)
        made = _Made(branches, own=True, shipped=[rule for rule in about if rule.fact == FactKind.CHECK_REPORTED])
        if not known and not is_named(name, own.no_facts):
            known, made = about, _Made(branches, own=False)
            if not known and not is_named(name, shipped.no_facts):
                mapped.unmapped.append(f"no rule knows the event {text(name)}")
                continue
        mapped.known = True
        for rule in known:
            for view in views(rule, item, mapped):
                _apply(rule, view, made, mapped)


def delivery_state(mapped: Mapped) -> DeliveryState:
    """The state of a delivery of which rules make this."""
    if mapped.unmapped:
        return DeliveryState.UNMAPPED
    return DeliveryState.MAPPED if mapped.facts else DeliveryState.NO_FACTS


def detail_of(mapped: Mapped) -> str | None:
    """Why a delivery is unmapped, in as many words as fit."""
    return "; ".join(mapped.unmapped)[:_LONGEST_DETAIL] or None


def _about(rules: RuleSet, name: str) -> list[Rule]:
    return [rule for rule in rules.rules if is_named(name, rule.events)]


def views(rule: Rule, document: Document, mapped: Mapped) -> Iterator[Document]:
    """The document, or one for each thing that is listed in it; without what the rule leaves out."""
    seen: Sequence[Document] = [document]
    if rule.each:
        whole = value_at(document, rule.each)
        if isinstance(whole, list) and len(whole) > MOST:
            mapped.unmapped.append(f"{len(whole) - MOST} more things than {MOST:,} are listed")
        each_of_them = listed(document, rule.each)
        mapped.look(len(each_of_them) * (1 + len(document) // 100))
        seen = [{**document, "each": each} for each in each_of_them]
    return (view for view in seen if _is_about(rule, view, mapped))


def _is_about(rule: Rule, document: Document, mapped: Mapped) -> bool:
    return all(holds(condition, document, mapped) for condition in rule.only)


def holds(condition: Condition, document: Document, mapped: Mapped) -> bool:
    """Whether a condition is fulfilled; a value that is not there fulfils none."""
    places = listed(document, condition.within) if condition.within else [document]
    mapped.look(1 + len(places))
    values = [text_at(place, condition.at) for place in places]
    return any(value is not None and is_named(value, condition.values) for value in values)


def state_of(rule: Rule, document: Document, mapped: Mapped) -> str | None:
    """What the value at the rule's place means, corrected; None when its table does not have it."""
    state = rule.states.get(text_at(document, rule.state) or ABSENT)
    for correction in rule.corrections:
        if state == correction.of and holds(correction.when, document, mapped):
            state = correction.to
    return state


def _apply(rule: Rule, document: Document, made: _Made, mapped: Mapped) -> None:
    value = text_at(document, rule.state) or ABSENT
    mapped.look(1)
    state = state_of(rule, document, mapped)
    thing = joined(document, rule.thing)
    if state is None or thing is None:
        what = f"{'/'.join(rule.state)} is {value}" if state is None else "it does not say what it is about"
        mapped.unmapped.append(what)
        return
    if state == PENDING:
        return
    is_check = rule.fact == FactKind.CHECK_REPORTED
    denials = [not_evidence(each, document, made.branches) for each in (rule, *made.shipped)] if is_check else []
    denied = next((denial for denial in denials if denial), None)
    data = {name: text_at(document, path) for name, path in rule.more.items()}
    mapped.facts.append(
        Learnt(
            kind=rule.fact,
            thing=thing,
            run=joined(document, rule.run),
            state=_no_better(state, rule, made.shipped, document, mapped) if is_check else state,
            observed_at=instant(value_at(document, rule.time)) if rule.time else None,
            url=url(value_at(document, rule.url)) if rule.url else None,
            evidence=denied is None if is_check else None,
            not_evidence=denied,
            data={name: each for name, each in data.items() if each is not None} | {"value": value},
            own=made.own,
        )
    )


def _no_better(state: str, rule: Rule, shipped: Sequence[Rule], document: Document, mapped: Mapped) -> str:
    """A pass, unless a shipped rule knows of the same thing that it is none; another state stays as it is."""
    if state != PASS:
        return state
    for known in shipped:
        same = not known.each or known.each == rule.each
        beside = [document] if same else list(views(known, document, mapped))
        for said in [state_of(known, view, mapped) for view in beside if _is_about(known, view, mapped)]:
            if said not in {PASS, None}:
                return "inconclusive" if said == PENDING else str(said)
    return state


def not_evidence(rule: Rule, document: Document, branches: Sequence[str]) -> str | None:
    """Why a check proves nothing here: it ran for a fork, whose branch may have any name, or for another branch."""
    head = text_at(document, rule.head_repository)
    if head is not None and head != text_at(document, rule.repository):
        return "fork"
    branch, default = text_at(document, rule.branch), text_at(document, rule.default_branch)
    declared = list(branches) or ([default] if default else [])
    return "other_branch" if declared and branch not in declared else None
