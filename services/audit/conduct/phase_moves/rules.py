"""What has to be there before an engagement enters a phase. Pure functions.

AT-C section 105: terms agreed in writing, independence, acceptance. AT-C section 205: a written assertion, written
representations, inquiry into subsequent events up to the report date; none is dated after the report. Fieldwork rests
on a scope and, in a SOC 2, on service commitments and system requirements (DC 200, DC2). The evaluation of a period
begins when it is over, and nothing that the client's monitoring found stays undecided when the report is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.audit.conduct.engagement_facts.rules import Facts
from services.audit.description.described_engagements.rules import DESCRIBED, SOC2
from services.audit.engagements.engagement_documents.models import DocumentKind
from services.audit.engagements.engagements.models import EngagementKind, EngagementPhase
from services.audit.engagements.engagements.rules import CERTIFYING, OWN_TEAM
from services.audit.engagements.team_members.models import Independence
from shared.identity.team_roles import TeamRole


class Party(StrEnum):
    """Who of the two can do something about what is open."""

    CLIENT = "client"
    AUDITORS = "auditors"


class GateCode(StrEnum):
    """What is open before a phase."""

    NO_AUDITING_PARTY = "no_auditing_party"
    NOT_LICENSED = "not_licensed"
    NO_ENGAGEMENT_PARTNER = "no_engagement_partner"
    PARTNER_NOT_LICENSED = "partner_not_licensed"
    INDEPENDENCE_OPEN = "independence_open"
    OWN_WORK_AUDITED = "own_work_audited"
    LETTER_MISSING = "letter_missing"
    PLAN_MISSING = "plan_missing"
    SCOPE_EMPTY = "scope_empty"
    COMMITMENTS_MISSING = "commitments_missing"
    DESCRIPTION_LACKING = "description_lacking"
    PERIOD_NOT_OVER = "period_not_over"
    REQUESTS_UNANSWERED = "requests_unanswered"
    ANSWERS_UNDECIDED = "answers_undecided"
    CANDIDATES_UNDECIDED = "candidates_undecided"
    CONTROLS_UNTESTED = "controls_untested"
    PAPERS_UNREVIEWED = "papers_unreviewed"
    ITEMS_UNDECIDED = "items_undecided"
    NOT_CONCLUDED = "not_concluded"
    REVIEW_NOTES_OPEN = "review_notes_open"
    DEVIATIONS_UNCONCLUDED = "deviations_unconcluded"
    FINDINGS_OPEN = "findings_open"
    OPINION_MISSING = "opinion_missing"
    ASSERTION_MISSING = "assertion_missing"
    REPRESENTATIONS_MISSING = "representations_missing"
    SUBSEQUENT_EVENTS_MISSING = "subsequent_events_missing"
    QUALITY_REVIEW_MISSING = "quality_review_missing"
    REPORT_NOT_ISSUED = "report_not_issued"
    STAGE1_MISSING = "stage1_missing"
    CONCERNS_OPEN = "concerns_open"
    CERTIFICATION_UNDECIDED = "certification_undecided"


@dataclass(frozen=True, slots=True)
class Gate:
    """Something that is open, who can do something about it, and below which path."""

    code: GateCode
    text: str
    party: Party
    path: str


def gates_before(phase: EngagementPhase, facts: Facts) -> list[Gate]:
    """All that is open before an engagement enters a phase, in the order in which it is usually done."""
    open_before = _BEFORE.get(phase)
    return [*open_before(facts)] if open_before else []


def _of_acceptance(facts: Facts) -> Iterator[Gate]:
    if not facts.has_auditing_party:
        yield Gate(GateCode.NO_AUDITING_PARTY, "It is proposed to no firm.", Party.CLIENT, facts.path)
        return
    partners = [each for each in facts.team if each.role == TeamRole.ENGAGEMENT_PARTNER]
    if len(partners) != 1:
        words = "The team has no engagement partner." if not partners else "The team has several engagement partners."
        yield Gate(GateCode.NO_ENGAGEMENT_PARTNER, words, Party.AUDITORS, f"{facts.path}/team-members")
    yield from _of_licences(facts)
    yield from _of_independence(facts)
    path = f"{facts.path}/documents"
    if not facts.has(DocumentKind.ENGAGEMENT_LETTER, by_auditors=True):
        words = "The engagement partner has not recorded the engagement letter as signed."
        yield Gate(GateCode.LETTER_MISSING, words, Party.AUDITORS, path)
    if not facts.has(DocumentKind.ENGAGEMENT_LETTER, by_auditors=False):
        words = "Management has not recorded the engagement letter as signed."
        yield Gate(GateCode.LETTER_MISSING, words, Party.CLIENT, path)


def _of_licences(facts: Facts) -> Iterator[Gate]:
    """Asked when the firm accepts, and again when it signs: a licence may have expired or been withdrawn since."""
    if facts.why_no_licence:
        words = f"{facts.why_no_licence[0].upper()}{facts.why_no_licence[1:]}."
        yield Gate(GateCode.NOT_LICENSED, words, Party.AUDITORS, "/v1/licences")
    for each in facts.team:
        if each.role == TeamRole.ENGAGEMENT_PARTNER and not each.licensed:
            words = f"No licence of {each.name} that the operator verified is in force."
            yield Gate(GateCode.PARTNER_NOT_LICENSED, words, Party.AUDITORS, "/v1/licences")


def _of_independence(facts: Facts) -> Iterator[Gate]:
    for each in facts.team:
        if each.independence != Independence.CONFIRMED:
            words = f"The independence of {each.name} is {each.independence}."
            yield Gate(GateCode.INDEPENDENCE_OPEN, words, Party.AUDITORS, f"{facts.path}/team-members")
        if each.audits_own_work:
            words = f"{each.name} owns or performs a control in scope: nobody audits their own work."
            yield Gate(GateCode.OWN_WORK_AUDITED, words, Party.AUDITORS, f"{facts.path}/team-members")


def _of_fieldwork(facts: Facts) -> Iterator[Gate]:
    yield from _of_independence(facts)
    if not facts.scope:
        yield Gate(GateCode.SCOPE_EMPTY, "No controls are in its scope.", Party.CLIENT, f"{facts.path}/scope")
    if facts.kind in SOC2 and not facts.has_commitments:
        words = "Its programme has no service commitments and system requirements."
        yield Gate(GateCode.COMMITMENTS_MISSING, words, Party.CLIENT, "/v1/commitments")
    if facts.kind not in DESCRIBED | OWN_TEAM and not facts.has(DocumentKind.AUDIT_PLAN, by_auditors=True):
        words = "The audit plan is not recorded."
        yield Gate(GateCode.PLAN_MISSING, words, Party.AUDITORS, f"{facts.path}/documents")
    if facts.kind == EngagementKind.ISO27001_STAGE2 and not (facts.followed and facts.followed.is_reported):
        words = "It follows no stage 1 of the same body whose report is issued (follows_id)."
        yield Gate(GateCode.STAGE1_MISSING, words, Party.CLIENT, facts.path)


def _of_evaluation(facts: Facts) -> Iterator[Gate]:
    if facts.today <= facts.last_day and facts.kind in DESCRIBED:
        words = f"The time that it speaks of ends on {facts.last_day}."
        yield Gate(GateCode.PERIOD_NOT_OVER, words, Party.AUDITORS, facts.path)
    if facts.unanswered:
        words = f"Requests that wait for an answer of the client: {facts.unanswered}."
        yield Gate(GateCode.REQUESTS_UNANSWERED, words, Party.CLIENT, "/v1/requests")
    answers = "Answers to requests that nobody of the auditing party has decided on"
    yield from _left(GateCode.ANSWERS_UNDECIDED, facts.unreviewed, answers, "/v1/requests")
    yield from _of_tests(facts)


def _of_tests(facts: Facts) -> Iterator[Gate]:
    work = facts.work
    if work.untested and facts.kind in DESCRIBED:
        words = f"Controls in scope that no paper tests: {work.untested}."
        yield Gate(GateCode.CONTROLS_UNTESTED, words, Party.AUDITORS, f"{facts.path}/control-definitions")
    if work.unreviewed:
        words = f"Papers that are not reviewed: {', '.join(map(str, work.unreviewed))}."
        yield Gate(GateCode.PAPERS_UNREVIEWED, words, Party.AUDITORS, "/v1/papers")
    items = "Items of samples that nobody has decided"
    yield from _left(GateCode.ITEMS_UNDECIDED, work.items_undecided, items, "/v1/sample-items")


def _of_reporting(facts: Facts) -> Iterator[Gate]:
    candidates = "Candidates that nobody has decided on"
    yield from _left(GateCode.CANDIDATES_UNDECIDED, facts.undecided, candidates, "/v1/candidates")
    if facts.kind == EngagementKind.ISO27001_STAGE2 and facts.followed and facts.followed.concerns:
        numbers = ", ".join(map(str, facts.followed.concerns))
        words = f"Areas of concern that are neither cleared nor raised as nonconformities: {numbers}."
        yield Gate(GateCode.CONCERNS_OPEN, words, Party.AUDITORS, "/v1/areas-of-concern")
    for ref in facts.work.to_conclude:
        yield Gate(GateCode.NOT_CONCLUDED, f"Nothing is concluded on {ref}.", Party.AUDITORS, f"{facts.path}/judgement")
    work, findings = facts.work, "Findings that are not concluded, or rest on what does not stand"
    deviations = "Deviations that are not analysed and concluded"
    yield from _left(GateCode.DEVIATIONS_UNCONCLUDED, work.deviations_unconcluded, deviations, "/v1/deviations")
    yield from _left(GateCode.FINDINGS_OPEN, work.findings_open, findings, "/v1/findings")
    yield from _left(
        GateCode.REVIEW_NOTES_OPEN, work.notes_open, "Review notes that are not cleared", "/v1/review-notes"
    )


def _left(code: GateCode, count: int, words: str, path: str) -> Iterator[Gate]:
    """Something of the firm's of which so many are left."""
    if count:
        yield Gate(code, f"{words}: {count}.", Party.AUDITORS, path)


def _of_issue(facts: Facts) -> Iterator[Gate]:
    path = f"{facts.path}/documents"
    if facts.kind in DESCRIBED and not facts.work.has_opinion:
        yield Gate(GateCode.OPINION_MISSING, "The opinion is not decided.", Party.AUDITORS, "/v1/opinions")
    if facts.kind in DESCRIBED:
        for text in facts.description_lacks:
            yield Gate(GateCode.DESCRIPTION_LACKING, text, Party.CLIENT, f"{facts.path}/description-lacks")
        yield from _of_what_management_signs(facts, path)
        if not facts.has(DocumentKind.SUBSEQUENT_EVENTS_INQUIRY, by_auditors=True, since=facts.last_day):
            words = f"No inquiry into subsequent events is dated on {facts.last_day} or later."
            yield Gate(GateCode.SUBSEQUENT_EVENTS_MISSING, words, Party.AUDITORS, path)
    reviewed = any(each.role == TeamRole.QUALITY_REVIEWER for each in facts.team)
    if reviewed and not facts.has(DocumentKind.QUALITY_REVIEW, by_auditors=True, since=facts.last_day):
        words = f"The team has a quality reviewer, and no review is dated on {facts.last_day} or later."
        yield Gate(GateCode.QUALITY_REVIEW_MISSING, words, Party.AUDITORS, path)
    yield from _of_licences(facts)
    yield from _of_independence(facts)
    if not facts.report_issued:
        words = "Its report is not issued; with it the engagement is."
        yield Gate(GateCode.REPORT_NOT_ISSUED, words, Party.AUDITORS, f"{facts.path}/audit-reports")


def _of_completion(facts: Facts) -> Iterator[Gate]:
    if facts.kind in CERTIFYING and not facts.is_certified_or_refused:
        words = "The certificate is neither granted nor refused."
        yield Gate(GateCode.CERTIFICATION_UNDECIDED, words, Party.AUDITORS, f"{facts.path}/certification-decisions")


def _of_what_management_signs(facts: Facts, path: str) -> Iterator[Gate]:
    signed = [
        (DocumentKind.MANAGEMENT_ASSERTION, GateCode.ASSERTION_MISSING, "assertion of management"),
        (DocumentKind.REPRESENTATION_LETTER, GateCode.REPRESENTATIONS_MISSING, "representation letter"),
    ]
    if facts.includes_subservice:
        words = "assertion of the subservice organisation whose part is included"
        signed.append((DocumentKind.SUBSERVICE_ASSERTION, GateCode.ASSERTION_MISSING, words))
    for kind, code, words in signed:
        if not facts.has(kind, by_auditors=False, since=facts.last_day):
            text = f"No {words} is recorded that is dated on {facts.last_day} or later."
            yield Gate(code, text, Party.CLIENT, path)


_BEFORE = {
    EngagementPhase.ACCEPTED: _of_acceptance,
    EngagementPhase.FIELDWORK: _of_fieldwork,
    EngagementPhase.EVALUATION: _of_evaluation,
    EngagementPhase.REPORTING: _of_reporting,
    EngagementPhase.ISSUED: _of_issue,
    EngagementPhase.COMPLETED: _of_completion,
}
