"""What an acceptance may be, what it is about, and when it is stale. Pure functions.

1. A risk above its capacity is not accepted by anybody.
2. An acceptance ends at the latest after the ladder's term for the risk's level.
3. Where the ladder asks for it, a compensating control is named, and it is one that the risk names.
4. It is stale as soon as the level is higher than it was, another method gives another level, a control of the risk
   starts failing or is retired, or somebody else owns the risk. What gets better leaves it in force.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from services.risk.acceptances.acceptances.models import StaleCode
from services.risk.register.credits.rules import ControlFacts
from services.risk.register.risks.models import Risk
from services.risk.terms.method_terms.schemas import Authority
from shared.events.catalogue.controls import HealthState
from shared.problems import Fault

WARNINGS = (30, 7)  # days before the end


def frozen_of(risk: Risk, known: Mapping[UUID, ControlFacts]) -> dict[str, Any]:
    """The state of a risk that an acceptance is about, as a row keeps it."""
    return {
        "risk_version": risk.version,
        "inherent": {
            "likelihood": risk.inherent_likelihood,
            "impact": risk.inherent_impact,
            "level": risk.inherent_level,
        },
        "current": {"likelihood": risk.current_likelihood, "impact": risk.current_impact, "level": risk.current_level},
        "level_rank": risk.level_rank,
        "standing": risk.standing,
        "method_number": risk.method_number,
        "owner_id": str(risk.owner_id),
        "controls": [_control(control_id, known.get(control_id)) for control_id in risk.control_ids()],
        "live_treatments": [str(treatment_id) for treatment_id in risk.live_treatments],
    }


def faults_in(
    risk: Risk, authority: Authority, *, expires_at: datetime, compensating: Sequence[UUID], at: datetime
) -> Iterator[Fault]:
    """What the ladder does not let through."""
    latest = at + relativedelta(months=authority.longest_months)
    if expires_at <= at:
        yield Fault("/expires_at", "It must be in the future.")
    elif expires_at > latest:
        yield Fault(
            "/expires_at",
            f"A risk of the level {authority.level} is accepted for {authority.longest_months} months at most:"
            f" until {latest:%Y-%m-%d %H:%M} UTC.",
        )
    named = set(risk.control_ids())
    for place, control_id in enumerate(compensating):
        if control_id not in named:
            yield Fault(f"/compensating_control_ids/{place}", "It is no control of this risk.")
    if authority.compensating_control and not compensating:
        yield Fault("/compensating_control_ids", f"A risk of the level {authority.level} needs a compensating control.")


def worsened(frozen: Mapping[str, Any], risk: Risk, known: Mapping[UUID, ControlFacts]) -> list[dict[str, Any]]:
    """What is worse than it was, each with its code and in words."""
    return [{"code": str(code), "text": text} for code, text in _worsened(frozen, risk, known)]


def next_due(expires_at: datetime, warned: Sequence[int]) -> datetime:
    """When the clock has something to say next: the earliest of the warnings that were not given, or the end."""
    left = [expires_at - timedelta(days=days) for days in WARNINGS if days not in warned]
    return min([*left, expires_at])


def passed_warnings(expires_at: datetime, at: datetime) -> list[int]:
    """The warnings whose time is past: a short acceptance has none of these."""
    return [days for days in WARNINGS if expires_at - timedelta(days=days) <= at]


def _worsened(
    frozen: Mapping[str, Any], risk: Risk, known: Mapping[UUID, ControlFacts]
) -> Iterator[tuple[StaleCode, str]]:
    was = frozen["current"]["level"]
    if risk.method_number != frozen["method_number"]:
        if risk.current_level != was:
            text = f"Method {risk.method_number} gives the level {risk.current_level}; it was {was}."
            yield StaleCode.METHOD_CHANGED_LEVEL, text
    elif risk.level_rank > frozen["level_rank"]:
        yield StaleCode.LEVEL_RISEN, f"The level rose from {was} to {risk.current_level}."
    failing_then = {UUID(each["id"]) for each in frozen["controls"] if _has_failed(each["health"], each["retired"])}
    for control_id in risk.control_ids():
        control = known.get(control_id)
        if control and control_id not in failing_then and _has_failed(control.health, control.retired):
            what = "was retired" if control.retired else "is failing"
            yield StaleCode.CONTROL_FAILING, f"Control {control.code} '{control.title}' {what}."
    if str(risk.owner_id) != frozen["owner_id"]:
        yield StaleCode.OWNER_CHANGED, "The risk has another owner."


def _has_failed(health: str | None, retired: bool) -> bool:
    return retired or health == HealthState.FAILING


def _control(control_id: UUID, control: ControlFacts | None) -> dict[str, Any]:
    return {
        "id": str(control_id),
        "code": control.code if control else None,
        "health": str(control.health) if control else None,
        "retired": bool(control and control.retired),
    }
