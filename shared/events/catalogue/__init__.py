"""Every event there is, one module a service that announces them. Frozen and versioned: fields are only ever added."""

<<<<<<< HEAD
from shared.events.catalogue import audit, controls, evidence, gateway, retention, risk, testing

__all__ = ["audit", "controls", "evidence", "gateway", "retention", "risk", "testing"]
=======
from shared.events.catalogue import audit, controls, crosswalks, evidence, gateway, risk

__all__ = ["audit", "controls", "crosswalks", "evidence", "gateway", "risk"]
>>>>>>> b1435bb (Crosswalks between frameworks, and coverage through them: what SOC 2 controls already say of ISO 27001, and which)
