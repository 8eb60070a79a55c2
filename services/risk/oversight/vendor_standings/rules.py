"""What the tier of a vendor asks for, what of it is done, and what lacks. Pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta

from services.risk.oversight.vendor_standings.schemas import DoneCode, DoneItem, VendorLack, VendorLackCode
from services.risk.vendors.complementary_controls.schemas import ComplementaryStatus
from services.risk.vendors.vendors.models import VendorStatus, VendorTier
from services.risk.vendors.vendors.rules import INTERVAL, QUESTIONED, REPORTED

_USED = frozenset({VendorStatus.ACTIVE, VendorStatus.SUSPENDED})
# A report covers nothing later than its period; so long may the days after it be open before that lacks.
_OPEN_FOR = relativedelta(months=3)


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A report that is not superseded; `covered_until` is the last day that it or a letter to it speaks of."""

    title: str
    reviewed_on: date | None
    relied_on: bool
    stale_on: date
    covered_until: date


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """What is known of a vendor."""

    tier: VendorTier
    status: VendorStatus
    approval: VendorStatus | None
    approved_on: date | None
    review_due_on: date | None
    last_review_closed_on: date | None
    conditions_met: int
    overdue_since: Sequence[date] = ()
    reports: Sequence[ReportFacts] = ()
    complementary: dict[str, int] = field(default_factory=dict)
    questionnaire_accepted_on: date | None = None


def asked_of(tier: VendorTier) -> list[str]:
    """What a tier asks for, in words."""
    words = [f"A review every {INTERVAL[tier]} months, decided by another person than the reviewer."]
    if tier in QUESTIONED:
        words.append(f"An accepted questionnaire not older than {INTERVAL[tier]} months.")
    if tier in REPORTED:
        words.append("A current report of an independent auditor, reviewed and relied on, with what it asks of us.")
    return words


def done_in(facts: StandingFacts) -> Iterator[DoneItem]:
    """What was done."""
    if facts.approval in {VendorStatus.APPROVED, VendorStatus.APPROVED_WITH_CONDITIONS}:
        conditions = " with conditions" if facts.approval == VendorStatus.APPROVED_WITH_CONDITIONS else ""
        yield DoneItem(code=DoneCode.APPROVED, text=f"Approved{conditions} by a review.", on=facts.approved_on)
    if facts.last_review_closed_on is not None:
        yield DoneItem(code=DoneCode.REVIEWED, text="A review was closed.", on=facts.last_review_closed_on)
    for report in facts.reports:
        if report.relied_on:
            text = f"'{report.title}' was reviewed and is relied on."
            yield DoneItem(code=DoneCode.REPORT_RELIED_ON, text=text, on=report.reviewed_on)
    if facts.questionnaire_accepted_on is not None:
        text = "A questionnaire was accepted."
        yield DoneItem(code=DoneCode.QUESTIONNAIRE_ACCEPTED, text=text, on=facts.questionnaire_accepted_on)
    mapped = sum(count for status, count in facts.complementary.items() if status != ComplementaryStatus.UNMAPPED)
    if mapped:
        text = f"{mapped} complementary user entity controls are mapped, or do not apply."
        yield DoneItem(code=DoneCode.COMPLEMENTARY_CONTROLS_MAPPED, text=text, on=None)
    if facts.conditions_met:
        text = f"{facts.conditions_met} conditions of approvals were met."
        yield DoneItem(code=DoneCode.CONDITIONS_MET, text=text, on=None)


def lacks_in(facts: StandingFacts, today: date) -> Iterator[VendorLack]:
    """What lacks, as of a day."""
    if facts.status == VendorStatus.OFFBOARDING:
        text = "Access is not shown to be revoked, and data not to be returned or destroyed."
        yield VendorLack(code=VendorLackCode.OFFBOARDING_OPEN, text=text, since=None)
        return
    if facts.approval is None:
        yield VendorLack(code=VendorLackCode.NOT_APPROVED, text="No review has decided on it yet.", since=None)
    if facts.approval == VendorStatus.REJECTED:
        text = "The last review rejected it." + (" It is not offboarded." if facts.status in _USED else "")
        yield VendorLack(code=VendorLackCode.REJECTED, text=text, since=facts.approved_on)
    if facts.review_due_on is not None and facts.review_due_on < today:
        text = f"Its review was due on {facts.review_due_on}."
        yield VendorLack(code=VendorLackCode.REVIEW_OVERDUE, text=text, since=facts.review_due_on)
    if facts.overdue_since:
        text = f"{len(facts.overdue_since)} conditions of its approval are overdue."
        yield VendorLack(code=VendorLackCode.CONDITIONS_OVERDUE, text=text, since=min(facts.overdue_since))
    if facts.tier in REPORTED:
        yield from _report_lacks(facts, today)
    yield from _complementary_lacks(facts)
    accepted = facts.questionnaire_accepted_on
    oldest = today - relativedelta(months=INTERVAL[facts.tier])
    if facts.tier in QUESTIONED and (accepted is None or accepted < oldest):
        text = f"No questionnaire was accepted in the last {INTERVAL[facts.tier]} months."
        yield VendorLack(code=VendorLackCode.NO_QUESTIONNAIRE, text=text, since=None)


def _report_lacks(facts: StandingFacts, today: date) -> Iterator[VendorLack]:
    for report in facts.reports:
        if report.reviewed_on is None:
            text = f"'{report.title}' was received and is not reviewed."
            yield VendorLack(code=VendorLackCode.REPORT_NOT_REVIEWED, text=text, since=None)
    relied_on = [report for report in facts.reports if report.relied_on]
    if not relied_on:
        text = "There is no report of an independent auditor that we rely on."
        yield VendorLack(code=VendorLackCode.NO_REPORT, text=text, since=None)
        return
    newest = max(relied_on, key=lambda report: report.stale_on)
    if newest.stale_on <= today:
        text = f"'{newest.title}' says too little of the present since {newest.stale_on}."
        yield VendorLack(code=VendorLackCode.REPORT_STALE, text=text, since=newest.stale_on)
    until = max(report.covered_until for report in relied_on)
    if until + _OPEN_FOR < today:
        text = f"No report or bridge letter speaks of the days after {until}."
        yield VendorLack(code=VendorLackCode.REPORT_GAP, text=text, since=until + relativedelta(days=1))


def _complementary_lacks(facts: StandingFacts) -> Iterator[VendorLack]:
    status = ComplementaryStatus
    if unmapped := facts.complementary.get(status.UNMAPPED, 0):
        text = f"{unmapped} complementary user entity controls have no control of ours."
        yield VendorLack(code=VendorLackCode.COMPLEMENTARY_CONTROLS_UNMAPPED, text=text, since=None)
    if broken := sum(facts.complementary.get(each, 0) for each in (status.NOT_WORKING, status.UNTESTED)):
        text = f"{broken} complementary user entity controls are answered by controls that are not shown to work."
        yield VendorLack(code=VendorLackCode.COMPLEMENTARY_CONTROLS_NOT_WORKING, text=text, since=None)
