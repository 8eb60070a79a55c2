"""What rules make of a delivery, without recording it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.integrations.mapping.documents.rules import document_of
from services.integrations.mapping.rule_application.rules import FAILED, Learnt, delivery_state, detail_of, learnt
from services.integrations.mapping.rule_terms.models import RuleSet
from services.integrations.mapping.rule_terms.rules import NO_RULES
from services.integrations.mapping.senders.rules import SHIPPED
from services.integrations.mapping.trials.schemas import TriedFact, TriedOutcome
from services.integrations.receiving.deliveries.models import DeliveryState
from services.integrations.receiving.sources.models import SourceKind

_FIRST = 10  # facts shown


@dataclass(frozen=True, slots=True)
class Delivered:
    """What rules need of a delivery."""

    kind: SourceKind
    event: str
    headers: Mapping[str, str]
    body: bytes
    branches: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tried:
    """What rules make of a delivery: as it is shown, and all of it, to be compared."""

    shown: TriedOutcome
    told: Any


def tried(delivered: Delivered, own: RuleSet) -> Tried:
    """What these rules make of a delivery, before the shipped ones."""
    try:
        document = document_of(delivered.kind, delivered.headers, delivered.body)
        shipped = SHIPPED.get(delivered.kind, NO_RULES)
        mapped = learnt(delivered.kind, delivered.event, document, delivered.branches, shipped, own)
    except Exception:  # noqa: BLE001 - it is shown as failed, as mapping would keep it
        failed = TriedOutcome(state=DeliveryState.FAILED, detail=FAILED, facts=0, first_facts=[])
        return Tried(failed, DeliveryState.FAILED)
    state, detail = delivery_state(mapped), detail_of(mapped)
    first = [_shown(fact) for fact in mapped.facts[:_FIRST]]
    shown = TriedOutcome(state=state, detail=detail, facts=len(mapped.facts), first_facts=first)
    return Tried(shown, (state, detail, [_shown(fact) for fact in mapped.facts]))


def _shown(fact: Learnt) -> TriedFact:
    names = ("kind", "thing", "run", "state", "observed_at", "evidence", "not_evidence")
    return TriedFact(**{name: getattr(fact, name) for name in names}, data=dict(fact.data))
