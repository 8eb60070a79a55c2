"""Every event there is, one module a service that announces them. Frozen and versioned: fields are only ever added."""

from shared.events.catalogue import audit, controls, crosswalks, evidence, frameworks, gateway, retention, risk, testing

__all__ = ["audit", "controls", "crosswalks", "evidence", "frameworks", "gateway", "retention", "risk", "testing"]
