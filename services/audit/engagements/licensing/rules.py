"""Which firm may examine, and which of its people may sign. Pure functions.

A SOC report is issued by a firm of certified public accountants that holds a permit to practise (AICPA Code of
Professional Conduct, 1.800; the state boards' firm permits). A certificate against ISO/IEC 27001 is issued by a
certification body accredited by ISO/IEC 17021-1 and ISO/IEC 27006-1. Only what the operator verified counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.engagements.known_firms.models import KnownFirm, KnownLicence
from shared.events.catalogue.firms import FirmKind, LicenceKind, LicenceStatus


@dataclass(frozen=True, slots=True)
class Need:
    """What a kind of engagement needs: of which kind the firm is, and the licences of the firm and of who signs."""

    firm: FirmKind
    firm_licence: LicenceKind
    signer_licence: LicenceKind


_EXAMINATION = Need(FirmKind.CPA_FIRM, LicenceKind.FIRM_PERMIT, LicenceKind.CPA_LICENCE)
_CERTIFICATION = Need(FirmKind.CERTIFICATION_BODY, LicenceKind.ACCREDITATION, LicenceKind.LEAD_AUDITOR)
# What is not named here needs no licence: readiness, and internal audits.
NEEDS: dict[EngagementKind, Need] = {
    EngagementKind.SOC2_TYPE1: _EXAMINATION,
    EngagementKind.SOC2_TYPE2: _EXAMINATION,
    EngagementKind.SOC1_TYPE1: _EXAMINATION,
    EngagementKind.SOC1_TYPE2: _EXAMINATION,
    EngagementKind.ISO27001_STAGE1: _CERTIFICATION,
    EngagementKind.ISO27001_STAGE2: _CERTIFICATION,
    EngagementKind.ISO27001_SURVEILLANCE: _CERTIFICATION,
    EngagementKind.ISO27001_RECERTIFICATION: _CERTIFICATION,
}

# The jurisdictions of the state boards of accountancy, by name, with their postal abbreviations.
_NAMES = """
AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware, DC
District of Columbia, FL Florida, GA Georgia, GU Guam, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa,
KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS
Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico,
NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, PR Puerto
Rico, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont, VI
Virgin Islands, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming
"""
_STATES = {" ".join(words).casefold(): code for code, *words in map(str.split, _NAMES.split(","))}


def may_examine(firm: KnownFirm | None, licences: Iterable[KnownLicence], kind: EngagementKind, on: date) -> bool:
    """Whether the firm may do an engagement of this kind on a day, by the licences it holds itself."""
    return why_not(firm, licences, kind, on) is None


def why_not(firm: KnownFirm | None, licences: Iterable[KnownLicence], kind: EngagementKind, on: date) -> str | None:
    """Why the firm may not do an engagement of this kind on a day; None when it may.

    `firm` is None for an auditing party that is no audit firm, such as a team of the client's own.
    """
    need = NEEDS.get(kind)
    if need is None:
        return None
    if firm is None or firm.kind != need.firm:
        return f"{kind} needs a firm of the kind {need.firm}"
    own = [each for each in licences if each.org_id == firm.id and each.person_id is None]
    if any(_counts(each, need.firm_licence, on) for each in own):
        return None
    return f"the firm holds no {need.firm_licence} that the operator verified and that is in force on {on}"


def why_not_in(licences: Iterable[KnownLicence], firm_id: UUID, state: str, on: date) -> str | None:
    """Why a firm may not sign an examination from an office in a state of the United States; None when it may.

    A state board's permit is for its own state (Uniform Accountancy Act, section 7). Outside the United States no such
    rule is known here, and every permit that was verified counts.
    """
    region = region_of(state)
    own = [each for each in licences if each.org_id == firm_id and each.person_id is None]
    of_it = [each for each in own if region is None or each.region == region]
    if any(_counts(each, LicenceKind.FIRM_PERMIT, on) for each in of_it):
        return None
    return f"the firm holds no firm_permit of {state} that the operator verified and that is in force on {on}"


def region_of(state: str) -> str | None:
    """The region (ISO 3166-2) of a state by its name or its postal abbreviation; None for what is no state here."""
    said = " ".join(state.split()).casefold()
    code = _STATES.get(said) or (said.upper() if said.upper() in _STATES.values() else None)
    return f"US-{code}" if code else None


def may_sign(licences: Iterable[KnownLicence], person: UUID, kind: EngagementKind, on: date) -> bool:
    """Whether a person may decide and sign the result of such an engagement on a day, by their own licences."""
    need = NEEDS.get(kind)
    own = [each for each in licences if each.person_id == person]
    return need is None or any(_counts(each, need.signer_licence, on) for each in own)


def _counts(licence: KnownLicence, kind: LicenceKind, on: date) -> bool:
    """A licence is in force up to and including the day on which it expires."""
    return licence.kind == kind and licence.status == LicenceStatus.VERIFIED and licence.expires_on >= on
