"""What is known of findings, as the audit service announces it in the organisation's own chain."""

from services.risk.indicators.known_findings.models import KnownFinding
from shared.events.catalogue.findings import (
    FindingCommunicated,
    FindingConcluded,
    FindingResponded,
    FindingWithdrawn,
)
from shared.events.replicas import Facet, Replica

_OPEN = frozenset({"communicated", "responded"})

FINDINGS = Replica(
    KnownFinding,
    Facet(
        "version",
        (FindingCommunicated, FindingResponded, FindingConcluded, FindingWithdrawn),
        "control_id",
        open=lambda heard: heard.event.status in _OPEN,
    ),
)
