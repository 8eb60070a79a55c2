"""From rules with JSON pointers to rules that are applied, and back; what keeps a rule from being sound. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from services.integrations.mapping.rule_terms.models import Condition, Correction, FactKind, Path, Rule, RuleSet
from services.integrations.mapping.rule_terms.rules import ABSENT, PASS, PENDING, is_named
from services.integrations.mapping.rule_terms.schemas import ConditionTerms, CorrectionTerms, RuleTerms
from shared.problems import Fault

STATES: Mapping[FactKind, frozenset[str]] = MappingProxyType(
    {
        FactKind.CHECK_REPORTED: frozenset({PASS, "fail", "error", "inconclusive", "not_applicable", PENDING}),
        FactKind.TICKET_CHANGED: frozenset({"open", "in_progress", "done", "dropped", PENDING}),
        FactKind.VULNERABILITY_REPORTED: frozenset({"open", "fixed", "dismissed", PENDING}),
        FactKind.PERSON_JOINED: frozenset({"joined", PENDING}),
        FactKind.PERSON_MOVED: frozenset({"granted", "revoked", PENDING}),
        FactKind.PERSON_LEFT: frozenset({"left", PENDING}),
    }
)
# Words that say of a run that it did not run, has not ended or did not pass, whoever sends them.
_NEVER_PASS = frozenset(
    {
        *("skip", "skipped", "cancel", "canceled", "cancelled", "aborted", "stopped", "notrun", "notbuilt", "blocked"),
        *("manual", "neutral", "stale", "unstable", "warn", "warning", "nodata", "notavailable", "unknown", "none"),
        *("pending", "queued", "running", "waiting", "scheduled", "inprogress", "inconclusive", "partiallysucceeded"),
        *("error", "errored", "fail", "failed", "failure", "timedout", "timeout", ABSENT),
    }
)


def rule_set(rules: Sequence[RuleTerms], no_facts: Sequence[str]) -> RuleSet:
    """Rules as they are applied."""
    return RuleSet(tuple(_rule(terms) for terms in rules), tuple(no_facts))


def terms_of(rule: Rule) -> RuleTerms:
    """A rule as people read it."""
    return RuleTerms(
        fact=rule.fact,
        events=list(rule.events),
        each=_pointer(rule.each),
        only=[_condition_terms(each) for each in rule.only],
        thing=[_written(each) for each in rule.thing],
        run=[_written(each) for each in rule.run],
        state=_written(rule.state),
        states=dict(rule.states),
        corrections=[
            CorrectionTerms(when=_condition_terms(each.when), of=each.of, to=each.to) for each in rule.corrections
        ],
        time=_pointer(rule.time),
        url=_pointer(rule.url),
        branch=_pointer(rule.branch),
        default_branch=_pointer(rule.default_branch),
        repository=_pointer(rule.repository),
        head_repository=_pointer(rule.head_repository),
        more={name: _written(path) for name, path in rule.more.items() if path},
    )


def faults_in(rules: Sequence[RuleTerms], no_facts: Sequence[str], shipped: RuleSet) -> Iterator[Fault]:
    """What keeps rules from being sound: `shipped` are those of the same kind of sender."""
    no_pass = _no_pass(shipped)
    for place, terms in enumerate(rules):
        at = f"/rules/{place}"
        yield from _faults_of_states(terms, at, no_pass)
        for number, name in enumerate(terms.events):
            if any(is_named(name, [other]) or is_named(other, [name]) for other in no_facts):
                yield Fault(f"{at}/events/{number}", "an event is either a fact or none: `no_facts` names it, too")


def _faults_of_states(terms: RuleTerms, at: str, no_pass: frozenset[str]) -> Iterator[Fault]:
    can = STATES[terms.fact]
    for value, state in terms.states.items():
        pointer = f"{at}/states/{_escaped(value)}"
        if state not in can:
            yield Fault(pointer, f"a fact {terms.fact} is one of {', '.join(sorted(can))}")
        elif state == PASS and (value in no_pass or _word(value) in _NEVER_PASS):
            yield Fault(pointer, "this value is no success: what was skipped, failed or is not there has not passed")
    for number, correction in enumerate(terms.corrections):
        pointer = f"{at}/corrections/{number}"
        for member, state in (("of", correction.of), ("to", correction.to)):
            if state not in can:
                yield Fault(f"{pointer}/{member}", f"a fact {terms.fact} is one of {', '.join(sorted(can))}")
        if correction.to == PASS:
            yield Fault(f"{pointer}/to", "a correction makes nothing a pass")


def _no_pass(shipped: RuleSet) -> frozenset[str]:
    """The values that the shipped rules of a sender know, and that pass nowhere."""
    tables = [rule.states for rule in shipped.rules if rule.fact == FactKind.CHECK_REPORTED]
    passing = {value for table in tables for value, state in table.items() if state == PASS}
    return frozenset(value for table in tables for value in table) - passing


def _word(value: str) -> str:
    return "".join(character for character in value.lower() if character.isalnum())


def _rule(terms: RuleTerms) -> Rule:
    return Rule(
        terms.fact,
        tuple(terms.events),
        thing=tuple(_path(each) for each in terms.thing),
        state=_path(terms.state),
        states=terms.states,
        each=_path(terms.each),
        only=tuple(_condition(each) for each in terms.only),
        corrections=tuple(Correction(_condition(each.when), each.of, each.to) for each in terms.corrections),
        run=tuple(_path(each) for each in terms.run),
        time=_path(terms.time),
        url=_path(terms.url),
        branch=_path(terms.branch),
        default_branch=_path(terms.default_branch),
        repository=_path(terms.repository),
        head_repository=_path(terms.head_repository),
        more={name: _path(pointer) for name, pointer in terms.more.items()},
    )


def _condition(terms: ConditionTerms) -> Condition:
    return Condition(_path(terms.at), tuple(terms.values), _path(terms.within))


def _condition_terms(condition: Condition) -> ConditionTerms:
    return ConditionTerms(at=_written(condition.at), values=list(condition.values), within=_pointer(condition.within))


def _path(pointer: str | None) -> Path:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in (pointer or "").split("/")[1:])


def _pointer(path: Path) -> str | None:
    return _written(path) if path else None


def _written(path: Path) -> str:
    return "".join(f"/{_escaped(part)}" for part in path)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
