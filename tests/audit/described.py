"""What the tests of system descriptions begin with."""

from typing import Any
from uuid import UUID

from deploy.story import implemented_control
from tests.audit.given import day, planned, type2
from tests.controls.given import commitment, programme
from tests.support import Organisation, created, eventually, ok

CUEC = {"code": "CUEC-01", "text": "User entities remove the accounts of their leavers.", "criteria": ["CC6.2"]}
CSOC = {
    "text": "Access to the data centres is limited to authorised people.",
    "criteria": ["CC6.4"],
    "monitoring": "Its SOC 2 Type 2 report is read every year.",
    "monitored_by": "Vendor management",
}
CARVED_OUT = {
    "name": "Example Hosting Ltd",
    "services": "Data centres and virtual machines.",
    "method": "carve_out",
    "controls": [CSOC],
}
AGREEMENT = {"agreed_on": "2026-01-12", "reference": "Letter of 12 January 2026"}
CHANGE = {"title": "Move to another data centre", "text": "From Frankfurt to Dublin.", "changed_on": day(-3)}


def incident(**changes: Any) -> dict[str, Any]:
    """A system incident of three days ago; `changes` name what it came from."""
    return {
        "title": "Nobody could sign in",
        "nature": "A certificate had expired.",
        "began_at": f"{day(-3)}T08:00:00Z",
        "ended_at": f"{day(-3)}T13:00:00Z",
        "effect": "All customers, for five hours.",
        "disposition": "The certificate was renewed; its expiry is monitored now.",
    } | changes


async def soc2(org: Organisation, **changes: Any) -> tuple[dict[str, Any], str, str]:
    """A Type 2 engagement over sixty days for a programme, with a commitment of it and a control in scope."""
    going = await programme(org)
    promised = await commitment(org, going, "CC6")
    control = await implemented_control(org, "AC-01")
    engagement = await planned(org, type2(programme_id=going, **changes), UUID(control))
    await heard_of(org, engagement)
    return engagement, control, promised


async def heard_of(org: Organisation, engagement: dict[str, Any]) -> None:
    """Wait until the controls in scope are known."""

    async def known() -> bool:
        scope = ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}/scope"))["items"]
        return all(each["known"] for each in scope)

    await eventually(known)


async def recorded(org: Organisation, engagement: dict[str, Any], noun: str, draft: dict[str, Any]) -> dict[str, Any]:
    """What was recorded for the description of an engagement."""
    return created(await org.manager.post(f"/v1/engagements/{engagement['id']}/{noun}", json=draft))


async def told_of(org: Organisation, subject: str) -> list[dict[str, Any]]:
    """What the trail says of a thing, in order."""
    answer = await org.admin.get("/v1/services/audit/trail", params={"subject": subject, "limit": 200})
    return list(ok(answer)["items"])


TEXTS = {
    part: f"The {part} of Example Cloud."
    for part in ("services", "boundaries", "infrastructure", "software", "people", "procedures", "data")
}
NONE = ["incidents", "user_entity_controls", "subservice_organisations", "criteria_not_relevant", "changes"]


async def complete(org: Organisation, **dates: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A Type 2 engagement, and the draft of its description, which lacks nothing but the approval."""
    engagement, _, _ = await soc2(org, **dates)
    await commitment(org, engagement["programme_id"], "CC7", kind="system_requirement")
    draft = await recorded(org, engagement, "system-descriptions", {"parts": TEXTS, "none_of": NONE})

    async def lacks_nothing_else() -> bool:
        answer = ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}/description-lacks"))
        return [each["code"] for each in answer["lacks"]] == ["not_approved"]

    await eventually(lacks_nothing_else)
    return engagement, draft


async def document(org: Organisation, description: dict[str, Any]) -> dict[str, Any]:
    """The document of a version."""
    return dict(ok(await org.viewer.get(f"/v1/system-descriptions/{description['id']}/document")))


async def approved(org: Organisation, description: dict[str, Any]) -> dict[str, Any]:
    """A version that the second manager has approved as it was read."""
    read = {"sha256": (await document(org, description))["sha256"]}
    path = f"/v1/system-descriptions/{description['id']}/approvals"
    return dict(ok(await org.second_manager.post(path, json=read)))
