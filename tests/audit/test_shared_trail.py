"""What a team reads of its client's trail: what both see of the engagement, and none of its costs, plans and drafts."""

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.described import CUEC, TEXTS
from tests.audit.given import day
from tests.audit.requested import drafted, in_planning, released
from tests.support import Organisation, created, eventually, ok


async def test_costs_plans_and_drafts_of_the_client_stay_its_own(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    path = f"/v1/engagements/{engagement['id']}"
    cost = {"measure": "budget", "kind": "audit_fees", "year": 2026, "currency": "EUR", "amount": 4_000_000}
    created(
        await org.manager.post(
            "/v1/cost-entries", json=cost | {"engagement_id": engagement["id"], "description": "Examination fee"}
        )
    )
    for noun, body in (
        ("milestones", {"kind": "kickoff", "owner": "dana@example.com", "planned_on": day(7)}),
        ("system-descriptions", {"parts": TEXTS}),
        ("user-entity-controls", CUEC),
    ):
        created(await org.manager.post(f"{path}/{noun}", json=body))
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        await drafted(staff)

        async def told() -> list[tuple[str, str]] | None:
            events = ok(await staff.get(f"{path}/chronology", params={"limit": 200}))["items"]
            types = [(each["trail"], each["type"]) for each in events if each["subject"] == request["id"]]
            return [(each["trail"], each["type"]) for each in events] if len(types) > 2 else None

        seen = await eventually(told)
    of_client = {kind.removeprefix("audit.") for trail, kind in seen if trail == "client"}
    assert {"engagement.proposed", "request.released", "user_entity_control.recorded"} <= of_client
    private = ("cost_entry", "milestone", "system_description")
    assert not [kind for kind in of_client if kind.startswith(private)]
    assert ("auditors", "audit.request.drafted") in seen
