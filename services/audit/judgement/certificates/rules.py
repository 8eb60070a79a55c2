"""Dates of a certificate and the steps that are left to it. Pure functions (ISO/IEC 17021-1, 9.1.3, 9.5, 9.6)."""

from datetime import date, timedelta
from enum import StrEnum

from services.audit.judgement.certificates.models import CertificateStatus

_YEARS = 3
_S = CertificateStatus


class CertificateStep(StrEnum):
    """What the body does with a certificate; a reduction changes its scope only."""

    SUSPEND = "suspend"
    RESTORE = "restore"
    REDUCE = "reduce"
    WITHDRAW = "withdraw"


_STEPS = {
    CertificateStep.SUSPEND: (frozenset({_S.GRANTED}), _S.SUSPENDED),
    CertificateStep.RESTORE: (frozenset({_S.SUSPENDED}), _S.GRANTED),
    CertificateStep.REDUCE: (frozenset({_S.GRANTED}), _S.GRANTED),
    CertificateStep.WITHDRAW: (frozenset({_S.GRANTED, _S.SUSPENDED}), _S.WITHDRAWN),
}


def last_day(decided_on: date) -> date:
    """The last day on which a certificate is valid."""
    return _years_later(decided_on, _YEARS) - timedelta(days=1)


def surveillance_by(decided_on: date) -> date:
    """The day by which the first surveillance audit is done."""
    return _years_later(decided_on, 1)


def after(step: CertificateStep, status: CertificateStatus) -> CertificateStatus | None:
    """Where a step leads from a status; None where it cannot be taken."""
    allowed, to = _STEPS[step]
    return to if status in allowed else None


def _years_later(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return date(day.year + years, 2, 28) if leap else day.replace(year=day.year + years)
