"""Which firm may examine, and what audit knows of firms and organisations."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from deploy.client import client
from services.audit.engagements.engagements.models import EngagementKind
from services.audit.engagements.known_firms.models import KnownFirm, KnownLicence
from services.audit.engagements.known_firms.queries import known_firm, licences_of
from services.audit.engagements.known_organisations.queries import known_organisation
from services.audit.engagements.licensing.rules import NEEDS, may_examine, may_sign, region_of, why_not, why_not_in
from shared.clock import new_id
from shared.data.sessions import Database
from shared.events.catalogue.firms import FirmKind, LicenceKind, LicenceStatus
from tests.support import Organisation, created, eventually, ok

DAY = date(2026, 7, 31)
FIRM = uuid.UUID(int=7)
TYPE2, STAGE2 = EngagementKind.SOC2_TYPE2, EngagementKind.ISO27001_STAGE2
FOR_CPAS = {kind for kind in EngagementKind if kind.startswith("soc")}


def _firm(kind: FirmKind = FirmKind.CPA_FIRM) -> KnownFirm:
    return KnownFirm(org_id=FIRM, id=FIRM, name="Hale & Partners LLP", kind=kind, version=1)


def _licence(kind: LicenceKind = LicenceKind.FIRM_PERMIT, **changes: Any) -> KnownLicence:
    told: dict[str, Any] = {
        "org_id": FIRM,
        "id": new_id(),
        "kind": kind,
        "region": "US-CA",
        "issued_by": "California Board of Accountancy",
        "number": "PAR 1234",
        "issued_to": "Hale & Partners LLP",
        "expires_on": DAY,
        "status": LicenceStatus.VERIFIED,
        "version": 2,
    }
    return KnownLicence(**told | changes)


@pytest.mark.parametrize("kind", EngagementKind)
def test_each_kind_needs_a_firm_of_its_kind_with_its_licence(kind: EngagementKind) -> None:
    permit, accreditation = _licence(), _licence(LicenceKind.ACCREDITATION)
    both = [permit, accreditation]
    cpas, body = _firm(), _firm(FirmKind.CERTIFICATION_BODY)
    by_cpas, by_body = may_examine(cpas, both, kind, DAY), may_examine(body, both, kind, DAY)
    if kind not in NEEDS:
        assert may_examine(None, [], kind, DAY)
        return
    assert (by_cpas, by_body) == ((True, False) if kind in FOR_CPAS else (False, True))
    assert not may_examine(None, both, kind, DAY)
    firm, wrong = (cpas, accreditation) if kind in FOR_CPAS else (body, permit)
    assert not may_examine(firm, [wrong], kind, DAY)
    assert not may_examine(firm, [], kind, DAY)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_on": DAY - timedelta(days=1)},
        {"status": LicenceStatus.DECLARED},
        {"status": LicenceStatus.REFUSED},
        {"status": LicenceStatus.WITHDRAWN},
        {"org_id": uuid.UUID(int=8)},
        {"person_id": uuid.UUID(int=9)},
    ],
)
def test_a_licence_counts_when_it_is_the_firms_verified_and_in_force(changes: dict[str, Any]) -> None:
    assert may_examine(_firm(), [_licence()], TYPE2, DAY)
    refusal = why_not(_firm(), [_licence(**changes)], TYPE2, DAY)
    assert refusal is not None
    assert "firm_permit" in refusal
    assert may_examine(_firm(), [_licence(**changes), _licence()], TYPE2, DAY)


@pytest.mark.parametrize(
    ("state", "signs"),
    [("California", True), (" california", True), ("CA", True), ("Texas", False), ("tx", False), ("Ontario", True)],
)
def test_a_permit_of_a_state_counts_in_that_state(state: str, signs: bool) -> None:
    assert (why_not_in([_licence()], FIRM, state, DAY) is None) == signs
    expired = _licence(expires_on=DAY - timedelta(days=1))
    assert why_not_in([expired], FIRM, state, DAY) is not None
    assert why_not_in([_licence(LicenceKind.CPA_LICENCE, person_id=FIRM)], FIRM, state, DAY) is not None


def test_states_are_known_by_name_however_it_is_broken() -> None:
    assert region_of("District of  Columbia") == "US-DC"
    assert region_of("DC") == "US-DC"
    assert region_of("Ontario") is None


def test_who_signs_has_a_licence_of_their_own() -> None:
    partner = uuid.UUID(int=9)
    own = _licence(LicenceKind.CPA_LICENCE, person_id=partner)
    assert may_sign([own], partner, TYPE2, DAY)
    assert not may_sign([own], uuid.UUID(int=10), TYPE2, DAY)
    assert not may_sign([own], partner, STAGE2, DAY)
    assert not may_sign([own], partner, TYPE2, DAY + timedelta(days=1))
    assert not may_sign([_licence()], partner, TYPE2, DAY)
    assert may_sign([_licence(LicenceKind.LEAD_AUDITOR, person_id=partner)], partner, STAGE2, DAY)


async def test_a_client_reads_the_firm_and_its_own_licences_and_changes_neither(
    org: Organisation, operator: httpx.AsyncClient, database: Database
) -> None:
    draft = {
        "title": "Hale & Partners LLP",
        "administrator": {"name": "Hanna Hale", "email": f"hanna@{uuid.uuid4()}.example"},
        "audit_firm": "cpa_firm",
    }
    founded = created(await operator.post("/v1/organisations", json=draft))
    firm_id, today = uuid.UUID(founded["organisation"]["id"]), datetime.now(UTC).date()
    permit = {
        "kind": "firm_permit",
        "region": "US-CA",
        "issued_by": "California Board of Accountancy",
        "number": "PAR 1234",
        "issued_to": "Hale & Partners LLP",
        "expires_on": (today + timedelta(days=365)).isoformat(),
    }
    admin = client(str(operator.base_url), **founded["admin"])
    licence = created(await admin.post("/v1/licences", json=permit))
    me = ok(await admin.get("/v1/me"))["person"]["id"]
    created(await admin.post("/v1/licences", json=permit | {"kind": "cpa_licence", "person": me}))
    check = {"decision": "verified", "method": "Looked up by number.", "checked_on": today.isoformat()}
    ok(await operator.post(f"/v1/licences/{licence['id']}/verifications", json=check))

    async def heard() -> bool:
        async with database.transaction(firm_id) as session:
            known = await licences_of(session, firm_id)
            return await known_firm(session, firm_id) is not None and {each.kind: each.status for each in known} == {
                "firm_permit": "verified",
                "cpa_licence": "declared",
            }

    await eventually(heard)
    async with database.transaction(uuid.UUID(org.id)) as session:
        firm, licences = await known_firm(session, firm_id), await licences_of(session, firm_id)
        assert firm is not None
        assert (firm.name, firm.kind) == ("Hale & Partners LLP", "cpa_firm")
        assert [(each.number, each.issued_to, each.person_id) for each in licences] == [
            ("PAR 1234", "Hale & Partners LLP", None)
        ]
        assert may_examine(firm, licences, TYPE2, today)
        written = await session.execute(text("update known_firms set name = 'Ours'"))
        assert written.rowcount == 0  # type: ignore[attr-defined]
        assert await known_organisation(session, firm_id) is None
    await admin.aclose()


async def test_an_organisation_is_known_by_its_title(org: Organisation, database: Database) -> None:
    async def title() -> str | None:
        async with database.transaction(uuid.UUID(org.id)) as session:
            known = await known_organisation(session, uuid.UUID(org.id))
            return known.title if known else None

    async def known() -> bool:
        return await title() is not None

    await eventually(known)
    path = f"/v1/organisations/{org.id}"
    version = ok(await org.admin.get(path))["version"]
    renamed = {"title": "Example Cloud GmbH"}
    ok(await org.admin.patch(path, json=renamed, headers={"If-Match": f'"{version}"'}))

    async def is_renamed() -> bool:
        return await title() == "Example Cloud GmbH"

    await eventually(is_renamed)
