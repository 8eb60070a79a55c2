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
from services.integrations.mapping.rule_terms.rules import ABSENT, PENDING, is_named
from services.integrations.receiving.sources.models import SourceKind
from shared.canonical import canonical


@dataclass(frozen=True, slots=True)
class Learnt:
    """A fact as a rule makes it; `observed_at` is None where the source does not say when."""

    kind: FactKind
    thing: str
    run: str | None
    state: str
    observed_at: datetime | None
    url: str | None
    evidence: bool | None
    not_evidence: str | None
    data: Mapping[str, Any]

    def digest(self, body: str, replaces: UUID | None = None) -> str:
        """Tells it from every other fact of its source, whichever delivery brings it.

        What has neither a run nor a time happens again with the same words: the SHA-256 of the body tells it apart. One
        that replaces another is told even if the same was told before that one.
        """
        timed = str(self.observed_at) if self.observed_at or self.run else body
        told = [self.kind, self.thing, self.run, self.state, timed, self.evidence, dict(self.data)]
        return sha256(canonical([*told, str(replaces)] if replaces else told)).hexdigest()


@dataclass(slots=True)
class Mapped:
    """The facts of a delivery; `unmapped` names what no rule knows, `known` is whether any rule knows the event."""

    facts: list[Learnt] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    known: bool = False


def learnt(kind: SourceKind, event: str, document: Document, branches: Sequence[str], rules: RuleSet) -> Mapped:
    """The facts of one delivery, by the rules of its sender."""
    mapped = Mapped()
    for name, item in events_in(kind, event, document):
        about = [rule for rule in rules.rules if is_named(name, rule.events)]
        if not about and not is_named(name, rules.no_facts):
            mapped.unmapped.append(f"no rule knows the event {text(name)}")
        else:
            mapped.known = True
        for rule in about:
            for view in views(rule, item, mapped):
                _apply(rule, view, branches, mapped)
    return mapped


def views(rule: Rule, document: Document, mapped: Mapped) -> Iterator[Document]:
    """The document, or one for each thing that is listed in it; without what the rule leaves out."""
    seen: Sequence[Document] = [document]
    if rule.each:
        whole = value_at(document, rule.each)
        if isinstance(whole, list) and len(whole) > MOST:
            mapped.unmapped.append(f"{len(whole) - MOST} more things than {MOST:,} are listed")
        seen = [{**document, "each": each} for each in listed(document, rule.each)]
    return (view for view in seen if all(holds(condition, view) for condition in rule.only))


def holds(condition: Condition, document: Document) -> bool:
    """Whether a condition is fulfilled; a value that is not there fulfils none."""
    places = listed(document, condition.within) if condition.within else [document]
    values = [text_at(place, condition.at) for place in places]
    return any(value is not None and is_named(value, condition.values) for value in values)


def state_of(rule: Rule, document: Document) -> str | None:
    """What the value at the rule's place means, corrected; None when its table does not have it."""
    state = rule.states.get(text_at(document, rule.state) or ABSENT)
    for correction in rule.corrections:
        if state == correction.of and holds(correction.when, document):
            state = correction.to
    return state


def _apply(rule: Rule, document: Document, branches: Sequence[str], mapped: Mapped) -> None:
    value = text_at(document, rule.state) or ABSENT
    state = state_of(rule, document)
    thing = joined(document, rule.thing)
    if state is None or thing is None:
        what = f"{'/'.join(rule.state)} is {value}" if state is None else "it does not say what it is about"
        mapped.unmapped.append(what)
        return
    if state == PENDING:
        return
    denied = not_evidence(rule, document, branches) if rule.fact == FactKind.CHECK_REPORTED else None
    data = {name: text_at(document, path) for name, path in rule.more.items()}
    mapped.facts.append(
        Learnt(
            kind=rule.fact,
            thing=thing,
            run=joined(document, rule.run),
            state=state,
            observed_at=instant(value_at(document, rule.time)) if rule.time else None,
            url=url(value_at(document, rule.url)) if rule.url else None,
            evidence=denied is None if rule.fact == FactKind.CHECK_REPORTED else None,
            not_evidence=denied,
            data={name: each for name, each in data.items() if each is not None} | {"value": value},
        )
    )


def not_evidence(rule: Rule, document: Document, branches: Sequence[str]) -> str | None:
    """Why a check proves nothing here: it ran for a fork, whose branch may have any name, or for another branch."""
    head = text_at(document, rule.head_repository)
    if head is not None and head != text_at(document, rule.repository):
        return "fork"
    branch, default = text_at(document, rule.branch), text_at(document, rule.default_branch)
    declared = list(branches) or ([default] if default else [])
    return "other_branch" if declared and branch not in declared else None
