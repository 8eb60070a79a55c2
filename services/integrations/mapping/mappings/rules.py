"""Which facts a delivery brings: a pure function of the sender's rules, the event and the document."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from services.integrations.mapping.rule_terms.models import FactKind, Path, Rule
from services.integrations.mapping.rule_terms.rules import ABSENT, PENDING
from services.integrations.mapping.senders.rules import NO_FACTS, RULES
from services.integrations.receiving.sources.models import SourceKind
from shared.canonical import canonical

_LONGEST = 300  # characters of one value
_MOST = 1000  # things in one delivery


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

    @property
    def digest(self) -> str:
        """Tells it from every other fact of its source, whichever delivery brings it."""
        told = [self.kind, self.thing, self.run, self.state, str(self.observed_at), self.evidence, dict(self.data)]
        return sha256(canonical(told)).hexdigest()


@dataclass(slots=True)
class Mapped:
    """The facts of a delivery; `unmapped` names what no rule knows, `known` is whether any rule knows the event."""

    facts: list[Learnt] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    known: bool = False


def learnt(kind: SourceKind, event: str, document: Mapping[str, Any], branches: Sequence[str]) -> Mapped:
    """The facts of one delivery, by the rules of its sender."""
    mapped = Mapped(known=bool(re.fullmatch(NO_FACTS.get(kind, "(?!)"), event)))
    for name, item in _items(kind, event, document):
        rules = [rule for rule in RULES.get(kind, ()) if re.fullmatch(rule.events, name)]
        mapped.known = mapped.known or bool(rules)
        if not rules and not mapped.known:
            mapped.unmapped.append(f"no rule knows the event {name}")
        for rule in rules:
            _apply(rule, item, branches, mapped)
    return mapped


def _items(kind: SourceKind, event: str, document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The events of a delivery: Okta sends several at once."""
    listed = value_at(document, ("data", "events")) if kind == SourceKind.OKTA else None
    if isinstance(listed, list):
        for item in listed[:_MOST]:
            if isinstance(item, dict):
                yield str(item.get("eventType")), item
    else:
        yield event, document


def _apply(rule: Rule, document: Mapping[str, Any], branches: Sequence[str], mapped: Mapped) -> None:
    value = _text(value_at(document, rule.state)) or ABSENT
    state = rule.states.get(value)
    thing = _joined(document, rule.thing)
    if state is None or thing is None:
        what = f"{'/'.join(rule.state)} is {value}" if state is None else "it does not say what it is about"
        mapped.unmapped.append(what)
        return
    if state == PENDING:
        return
    denied = _not_evidence(rule, document, branches) if rule.fact == FactKind.CHECK_REPORTED else None
    data = {name: _text(value_at(document, path)) for name, path in rule.more.items() if path}
    mapped.facts.append(
        Learnt(
            kind=rule.fact,
            thing=thing,
            run=_joined(document, rule.run) if rule.run else None,
            state=_state(rule, state, data),
            observed_at=instant(value_at(document, rule.time)) if rule.time else None,
            url=_url(value_at(document, rule.url)) if rule.url else None,
            evidence=denied is None if rule.fact == FactKind.CHECK_REPORTED else None,
            not_evidence=denied,
            data={name: each for name, each in data.items() if each is not None} | {"value": value},
        )
    )


def _state(rule: Rule, state: str, data: Mapping[str, Any]) -> str:
    """A ticket that was closed because nothing will be done is dropped, and not done."""
    dropped = {"not_planned", "duplicate", "Won't Do", "Duplicate", "Won't Fix", "Cannot Reproduce"}
    return "dropped" if rule.fact == FactKind.TICKET_CHANGED and data.get("resolution") in dropped else state


def _not_evidence(rule: Rule, document: Mapping[str, Any], branches: Sequence[str]) -> str | None:
    """Why a check proves nothing here: it ran for a fork, whose branch may have any name, or for another branch."""
    head = _text(value_at(document, rule.head_repository)) if rule.head_repository else None
    if head is not None and head != _text(value_at(document, rule.repository)):
        return "fork"
    branch = _text(value_at(document, rule.branch)) if rule.branch else None
    default = _text(value_at(document, rule.default_branch)) if rule.default_branch else None
    declared = list(branches) or ([default] if default else [])
    return "other_branch" if declared and branch not in declared else None


def value_at(document: Any, path: Path) -> Any:
    """What is at this place, None where there is nothing; a number takes that place of a list."""
    for part in path:
        if isinstance(document, list):
            document = document[int(part)] if part.isdecimal() and int(part) < len(document) else None
        else:
            document = document.get(part) if isinstance(document, dict) else None
    return document


def _joined(document: Mapping[str, Any], paths: Sequence[Path]) -> str | None:
    """The values at these paths; None when the last of them, which tells things apart, is not there."""
    values = [_text(value_at(document, path)) for path in paths]
    return " / ".join(value for value in values if value) if values and values[-1] else None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, (dict, list)):
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    clean = "".join(character for character in text if character.isprintable())
    return clean[:_LONGEST] or None


def _url(value: Any) -> str | None:
    return value if isinstance(value, str) and value.startswith("https://") and _text(value) == value else None


def instant(value: Any) -> datetime | None:
    """A time as senders write it: RFC 3339, with `UTC` after it, without a zone (UTC then), or in seconds or ms."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value / 1000 if value > 1e11 else value  # noqa: PLR2004 - ms since 1970 are above it since 1973
        return datetime.fromtimestamp(seconds, UTC) if 0 <= seconds < 7e9 else None  # noqa: PLR2004 - the year 2191
    try:
        read = datetime.fromisoformat(str(value).removesuffix(" UTC").strip())
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
