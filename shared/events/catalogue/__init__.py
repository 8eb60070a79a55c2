"""Every event there is, one module a service that announces them. Frozen and versioned: fields are only ever added."""

from shared.events.catalogue import (
    audit,
    control_exceptions,
    controls,
    crosswalks,
    definitions,
    evidence,
    evidence_collections,
    files,
    frameworks,
    gateway,
    issues,
    procedures,
    programmes,
    retention,
    risk,
    testing,
)

__all__ = [
    "audit",
    "control_exceptions",
    "controls",
    "crosswalks",
    "definitions",
    "evidence",
    "evidence_collections",
    "files",
    "frameworks",
    "gateway",
    "issues",
    "procedures",
    "programmes",
    "retention",
    "risk",
    "testing",
]
