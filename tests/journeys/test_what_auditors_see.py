"""What a token for one engagement shows: the client's data in its scope while it is readable, and nothing else."""

import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.auditors import shown_to_auditors
from deploy.client import eventually
from deploy.firm import Firm
from deploy.local.services import ROOT
from deploy.local.stack import Stack
from deploy.story import Story, implemented_control
from shared.data.outside import OUTSIDE
from shared.data.sessions import Database
from shared.identity.callers import PLATFORM
from shared.identity.permissions import AUDITORS_ONLY, Permission
from shared.identity.roles import GRANTS, Role
from shared.identity.team_roles import TEAM_GRANTS
from tests.audit.given import moved
from tests.support import Organisation, created, ok, problem

CONTRACT = json.loads((ROOT / "services/gateway/contract/openapi.json").read_text())
REASON = {"reason": "The client withdrew its assertion."}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation of the contract: method, path and what it says of itself."""
    verbs = ("get", "post", "put", "patch", "delete")
    return [(verb, path, item[verb]) for path, item in CONTRACT["paths"].items() for verb in verbs if verb in item]


GUARDED = [(verb, path, said) for verb, path, said in operations() if said.get("security")]


def is_stream(said: dict[str, Any]) -> bool:
    """Whether the answer of an operation never ends."""
    return "text/event-stream" in str(said["responses"])


async def in_engagement(org: Organisation, firm: Firm, story: Story) -> None:
    """Have the firm accept the engagement of a story."""
    created(await org.manager.post(f"/v1/engagements/{story.engagement}/proposals", json={"firm_id": firm.id}))
    await firm.accept(org.manager, story.engagement, "partner")


async def test_the_scope_is_shown_and_nothing_beside_it(org: Organisation, other_org: Organisation, firm: Firm) -> None:
    story, beside = await Story.begin(org), await implemented_control(org, "XQ-99")
    await story.submit(covers_until=datetime.now(UTC) + timedelta(days=30))
    await story.accept()
    await implemented_control(other_org, "AC-01")
    await in_engagement(org, firm, story)
    async with firm.acting("partner", story.engagement) as partner:

        async def shown() -> bool:
            return bool(ok(await partner.get("/v1/controls"))["items"]) and bool(
                ok(await partner.get("/v1/evidence"))["items"]
            )

        await eventually(shown)
        (control,) = ok(await partner.get("/v1/controls"))["items"]
        assert (control["id"], control["owner"]["name"]) == (story.control, "Dana")
        assert ok(await partner.get(f"/v1/controls/{story.control}")) == control
        problem(await partner.get(f"/v1/controls/{beside}"), 404, "not-found")
        (item,) = ok(await partner.get("/v1/evidence"))["items"]
        assert item["id"] == story.item
        content = await partner.get(f"/v1/evidence/{story.item}/content")
        assert content.status_code == 200, content.text
        assert content.content == (await org.viewer.get(f"/v1/evidence/{story.item}/content")).content

        async def risks() -> list[dict[str, Any]]:
            return list(ok(await partner.get("/v1/risks"))["items"])

        (risk,) = await eventually(risks)
        assert risk["id"] == story.risk
        await ends(partner, story)
        for path in ("/v1/controls", "/v1/evidence", "/v1/risks", "/v1/issues", "/v1/candidates"):

            async def closed(path: str = path) -> bool:
                return not ok(await partner.get(path))["items"]

            await eventually(closed)
        problem(await partner.get(f"/v1/evidence/{story.item}/content"), 404, "not-found")
        assert ok(await partner.get(f"/v1/engagements/{story.engagement}"))["phase"] == "withdrawn"


async def test_rows_in_scope_name_nothing_beside_it(org: Organisation, firm: Firm) -> None:
    """A risk, an issue and a policy of two controls, of which the engagement examines one."""
    story, beside = await Story.begin(org), await implemented_control(org, "XQ-99")
    both = [story.control, beside]
    risk = ok(await org.manager.get(f"/v1/risks/{story.risk}"))
    answers = [{"control_id": each, "effect_on": "likelihood", "steps": 1} for each in both]
    change = {"controls": answers}
    ok(await org.manager.patch(f"/v1/risks/{story.risk}", json=change, headers={"If-Match": f'"{risk["version"]}"'}))
    draft = {"title": "Reviews are late", "control_ids": both, "severity": "low", "description": "Both are."}
    more = {"owner": "dana@example.com", "source": "self_identified"}
    issue = created(await org.manager.post("/v1/issues", json=draft | more))
    control = {"statement": "Another statement of the control, which nobody has approved."}
    ok(await org.manager.patch(f"/v1/controls/{story.control}", json=control, headers={"If-Match": "*"}))
    await in_engagement(org, firm, story)
    async with firm.acting("partner", story.engagement) as partner:

        async def risks() -> list[dict[str, Any]]:
            return list(ok(await partner.get("/v1/risks"))["items"])

        (seen,) = await eventually(risks)
        assert ([each["control_id"] for each in seen["controls"]], seen["reasons"]) == ([story.control], [])
        assert ok(await partner.get(f"/v1/issues/{issue['id']}"))["control_ids"] == [story.control]
        shown = ok(await partner.get(f"/v1/controls/{story.control}"))
        assert (shown["pending_definition"], shown["pending_from"]) == (None, None)
        for path in ("/v1/risks", "/v1/issues"):  # by guessing, a name that is not shown could be found out
            refused = problem(await partner.get(path, params={"q": "late"}), 422, "invalid")
            assert [each["pointer"] for each in refused["errors"]] == ["query/q"]
    assert ok(await org.viewer.get(f"/v1/issues/{issue['id']}"))["control_ids"] == both
    assert ok(await org.viewer.get(f"/v1/controls/{story.control}"))["pending_definition"] == 2


async def test_words_name_no_control_beside_the_scope(org: Organisation, firm: Firm) -> None:
    """What people of the client wrote, and reasons that were computed, as every read for auditors answers it."""
    story, beside = await Story.begin(org), await implemented_control(org, "XQ-99")
    title = "Backups of XQ-99's tickets"
    risk = {"scenario": {"source": "A leaver", "event": "keeps access, as xq-99 fails", "consequence": "and reads."}}
    changed = await org.manager.patch(f"/v1/risks/{story.risk}", json=risk, headers={"If-Match": "*"})
    assert ok(changed)["scenario"] == risk["scenario"]
    draft = {"title": "XQ-99 is late too", "control_ids": [story.control], "severity": "high", "description": title}
    more = {"owner": "dana@example.com", "source": "self_identified", "source_reference": "XQ-99/7"}
    issue = created(await org.manager.post("/v1/issues", json=draft | more))
    until = datetime.now(UTC) + timedelta(days=30)
    waiver = {"reason": "As XQ-99 does it.", "scope": "All.", "risk_accepted": "None.", "expires_at": until.isoformat()}
    named = {"control_id": story.control, "compensating_control_id": beside}
    created(await org.manager.post("/v1/waivers", json=waiver | named))
    await in_engagement(org, firm, story)
    async with firm.acting("partner", story.engagement) as partner:

        async def health() -> list[str]:
            return list(ok(await partner.get(f"/v1/controls/{story.control}/health"))["reasons"])

        assert any("[a control outside the scope] is late too" in reason for reason in await eventually(health))
        seen = ok(await partner.get(f"/v1/issues/{issue['id']}"))
        assert seen["title"] == "[a control outside the scope] is late too"

        async def found() -> bool:
            """The control in scope; the words of the issue are found by the client alone."""
            ours = ok(await org.viewer.get("/v1/search", params={"q": "late"}))["items"]
            theirs = ok(await partner.get("/v1/search", params={"q": "AC-01"}))["items"]
            return issue["id"] in {each["id"] for each in ours} and story.control in {each["id"] for each in theirs}

        await eventually(found)
        for asked in ({"q": "late"}, {"q": "xq"}, {"q": "late", "limit": "1"}):
            searched = ok(await partner.get("/v1/search", params=asked))
            assert (searched["items"], searched["more"]) == ([], False), asked
        assert (seen["description"], seen["severity"]) == ("Backups of [a control outside the scope]'s tickets", "high")
        await assert_unnamed(partner, _ids_of(story, issue["id"]), story.control, "XQ-99", beside)
    assert ok(await org.viewer.get(f"/v1/issues/{issue['id']}"))["description"] == title

    async def causes() -> list[str]:
        """As the candidates keep them, which go into the firm's own file of the engagement."""
        found = ok(await org.viewer.get("/v1/candidates", params={"control_id": story.control}))["items"]
        return [cause for each in found for cause in each["cause"]]

    assert any("outside the scope" in cause for cause in await eventually(causes))
    assert "xq-99" not in " ".join(await causes()).lower()


async def assert_unnamed(partner: httpx.AsyncClient, ids: dict[str, str], otherwise: str, *names: str) -> None:
    """No read for auditors answers any of these names, whatever it is asked for."""
    reads = [(path, said) for verb, path, said in GUARDED if verb == "get" and said.get("x-auditors")]
    for path, said in ((path, said) for path, said in reads if not is_stream(said)):
        answer = await partner.get(path.format_map(_Ids(**ids, otherwise=otherwise)))
        told = answer.text.lower()
        assert not any(name.lower() in told for name in names), (path, said["operationId"], answer.text)


async def test_texts_of_evidence_and_of_the_engagement_name_no_control_beside_the_scope(
    org: Organisation, firm: Firm
) -> None:
    """What people of the client wrote in both, as reads and writes for auditors answer it."""
    story, beside = await Story.begin(org), await implemented_control(org, "XQ-99")
    written = await _write_everywhere(org, story, beside)
    await in_engagement(org, firm, story)
    asserted = {"kind": "management_assertion", "title": "Assertion without XQ-99", "exceptions": ["XQ-99 failed."]}
    signed = {"signatories": [{"name": "Ada Admin", "position": "Chief Executive Officer"}]}
    dated = {"dated_on": datetime.now(UTC).date().isoformat()}
    path = f"/v1/engagements/{story.engagement}/documents"
    written["document_id"] = created(await org.manager.post(path, json=asserted | signed | dated))["id"]
    async with firm.acting("partner", story.engagement) as partner:

        async def shown() -> bool:
            found = ok(await partner.get("/v1/evidence"))["items"]
            return [each["id"] for each in found if OUTSIDE in each["title"]] == [written["item_id"]]

        await eventually(shown)
        item = ok(await partner.get(f"/v1/evidence/{written['item_id']}"))
        assert (item["title"], item["kind"]) == (f"Export for {OUTSIDE}", "attestation")
        assert (item["statement"], item["tags"]) == (f"Done as {OUTSIDE} says.", [OUTSIDE])
        refused = problem(await partner.get("/v1/evidence", params={"q": "XQ-99"}), 422, "invalid")
        assert [each["pointer"] for each in refused["errors"]] == ["query/q"]
        draft = {
            "title": "Accounts",
            "text": "All of them.",
            "due_on": (datetime.now(UTC) + timedelta(9)).date().isoformat(),
        }
        request = created(await partner.post("/v1/requests", json=draft))
        ok(await partner.post(f"/v1/requests/{request['id']}/releases", json={}))
        path = f"/v1/requests/{request['id']}"
        answer = created(await org.owner.post(f"{path}/answers", json={"text": "See XQ-99."}))
        comment = created(await org.owner.post(f"{path}/comments", json={"text": "Is XQ-99 meant?"}))
        incident = ok(await partner.get(f"/v1/system-incidents/{written['incident_id']}"))
        assert (incident["effect"], incident["control_ids"]) == (f"{OUTSIDE} failed.", [story.control])
        assert ok(await partner.get(f"/v1/request-answers/{answer['id']}"))["text"] == f"See {OUTSIDE}."
        assert ok(await partner.get(f"/v1/request-comments/{comment['id']}"))["text"] == f"Is {OUTSIDE} meant?"
        ids = {"engagement_id": story.engagement, "request_id": request["id"], "answer_id": answer["id"]}
        await assert_unnamed(partner, ids | written, story.control, "XQ-99", beside)
        own = created(await partner.post(f"{path}/comments", json={"text": "No, XQ-99 is not in the scope."}))
        assert own["text"] == "No, XQ-99 is not in the scope.", "what the firm wrote stays as it is"
        path = f"/v1/engagements/{story.engagement}/phases"
        moved_on = ok(await partner.post(path, json={"phase": "withdrawn", **REASON}))
        assert moved_on["title"] == f"SOC 2 without {OUTSIDE}", "as the answer of a write says it"
    assert ok(await org.viewer.get(f"/v1/engagements/{story.engagement}"))["title"] == "SOC 2 without XQ-99"
    assert ok(await org.viewer.get(f"/v1/evidence/{written['item_id']}"))["tags"] == ["xq-99"]


async def _write_everywhere(org: Organisation, story: Story, beside: str) -> dict[str, str]:
    """Have people of the client write of XQ-99 wherever they can; the ids of what they wrote, as paths call them."""
    at = datetime.now(UTC)
    period = {
        "covers_from": (at - timedelta(days=30)).isoformat(),
        "covers_until": (at + timedelta(days=30)).isoformat(),
    }
    attested = {
        "title": "Export for XQ-99",
        "kind": "attestation",
        "statement": "Done as XQ-99 says.",
        "source": "XQ-99",
    }
    more = {"collected_at": at.isoformat(), "expectation_ids": [story.expectation], "tags": ["xq-99"]}
    item = created(await org.owner.post("/v1/evidence", json=attested | more | period))
    review = {"decision": "returned", "reason": "XQ-99 is another one."}
    ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json=review))
    expected = {"title": "As of XQ-99", "description": "XQ-99's", "control_id": story.control, "kind": "file"}
    days = {"freshness_days": 90, "expiring_days": 14, "owner": "dana@example.com"}
    expectation = created(await org.manager.post("/v1/expectations", json=expected | days))
    path = f"/v1/engagements/{story.engagement}"
    ok(await org.manager.patch(path, json={"title": "SOC 2 without XQ-99"}, headers={"If-Match": "*"}))
    texts = {"nature": "XQ-99 failed.", "effect": "XQ-99 failed.", "disposition": "XQ-99 works again."}
    when = {"began_at": (at - timedelta(days=1)).isoformat(), "control_ids": [story.control, beside]}

    async def recorded() -> httpx.Response | None:
        """News of the controls may be on its way."""
        answer = await org.manager.post(f"{path}/system-incidents", json={"title": "XQ-99 failed", **texts, **when})
        return answer if answer.status_code == httpx.codes.CREATED else None

    incident = created(await eventually(recorded))
    user_control = {"code": "U-1", "text": "Users do as XQ-99 says.", "criteria": ["CC6.1"]}
    complementary = created(await org.manager.post(f"{path}/user-entity-controls", json=user_control))
    changed = {"title": "XQ-99 was new", "text": "XQ-99 began.", "changed_on": at.date().isoformat()}
    change = created(await org.manager.post(f"{path}/significant-changes", json=changed))
    return {
        "item_id": item["id"],
        "expectation_id": expectation["id"],
        "incident_id": incident["id"],
        "change_id": change["id"],
        "control_id": complementary["id"],
    }


def _ids_of(story: Story, issue: str) -> dict[str, str]:
    return {"engagement_id": story.engagement, "issue_id": issue, "risk_id": story.risk, "control_id": story.control}


async def test_a_firm_that_conducts_it_no_longer_is_shown_nothing(
    org: Organisation, firm: Firm, operator: httpx.AsyncClient, stack: Stack, audit_database: Database
) -> None:
    """Every table of every service, as its auditor role reads it with the setting that each firm's token stands for."""
    story = await Story.begin(org)
    await story.submit(covers_until=datetime.now(UTC) + timedelta(days=30))
    await story.accept()
    former = await Firm.found(operator, f"Beck & Co {uuid.uuid4()}")
    proposals = f"/v1/engagements/{story.engagement}/proposals"
    created(await org.manager.post(proposals, json={"firm_id": former.id}))
    await former.assign(story.engagement, "partner")
    ok(await org.manager.post(f"/v1/engagements/{story.engagement}/proposal-withdrawals", json=REASON))
    created(await org.manager.post(proposals, json={"firm_id": firm.id}))
    await firm.accept(org.manager, story.engagement, "partner")
    await moved(audit_database, org, {"id": story.engagement}, "planning")
    for service in ("controls", "evidence", "risk", "audit"):

        async def shown(firm_id: str, service: str = service) -> dict[str, set[str]]:
            return await owners_shown(stack, service, story.engagement, firm_id)

        async def heard(shown: Callable[[str], Awaitable[dict[str, set[str]]]] = shown) -> bool:
            return any(org.id in owners for owners in (await shown(firm.id)).values())

        await eventually(heard)
        for table, owners in (await shown(former.id)).items():
            assert not owners - {former.id, str(PLATFORM)}, (service, table, "shows the firm that was asked before")
        for table, owners in (await shown(firm.id)).items():
            assert former.id not in owners, (service, table, "shows what the firm before wrote")
    await former.close()


async def owners_shown(stack: Stack, service: str, engagement: str, firm_id: str) -> dict[str, set[str]]:
    """The organisations whose rows the auditor role reads, table by table, with a token of this firm."""
    connection = await asyncpg.connect(stack.environment(service)["ATTEST_AUDITOR_DATABASE_URL"])
    try:
        async with connection.transaction():
            await connection.execute("select set_config('app.engagement', $1, true)", f"{engagement}/{firm_id}")
            return {
                each.table: {str(row["org_id"]) for row in await connection.fetch(_OWNERS.format(table=each.table))}
                for each in shown_to_auditors(service, ROOT / "services" / service / "migrations")
            }
    finally:
        await connection.close()


_OWNERS = "select distinct org_id from {table}"


async def ends(partner: httpx.AsyncClient, story: Story) -> None:
    ok(await partner.post(f"/v1/engagements/{story.engagement}/phases", json={"phase": "withdrawn", **REASON}))


async def test_no_operation_answers_more_than_it_may(org: Organisation, firm: Firm) -> None:
    """Every operation of the contract, asked with a token for one engagement: what is not for auditors is refused."""
    story = await Story.begin(org)
    await in_engagement(org, firm, story)
    stranger = str(uuid.uuid4())
    async with firm.acting("partner", story.engagement) as partner:
        for verb, path, said in GUARDED:
            asked = path.format_map(_Ids(engagement_id=story.engagement, otherwise=stranger))
            refused = {"type": "-"} if is_stream(said) else None  # it would never end
            answer = await partner.request(verb, asked, json={} if verb != "get" else None, params=refused)
            permitted = said.get("x-permission") in TEAM_GRANTS_OF_PARTNER or not said.get("x-permission")
            if not said.get("x-auditors") or not permitted:
                assert answer.status_code == 403, (verb, path, answer.text)
            else:
                assert answer.status_code < 500, (verb, path, answer.text)
                assert answer.status_code != 403, (verb, path, answer.text)


TEAM_GRANTS_OF_PARTNER = {str(each) for grants in TEAM_GRANTS.values() for each in grants}


class _Ids(dict[str, str]):
    """The ids of a path: those that are known, and otherwise one that nothing has."""

    def __init__(self, *, otherwise: str, **known: str) -> None:
        super().__init__(known)
        self._otherwise = otherwise

    def __missing__(self, _name: str) -> str:
        return self._otherwise


@pytest.mark.parametrize("role", Role)
def test_no_role_of_an_organisation_holds_a_verb_of_the_auditing_party(role: Role) -> None:
    assert not GRANTS[role] & AUDITORS_ONLY


def test_what_only_auditors_may_is_open_to_them() -> None:
    for verb, path, said in GUARDED:
        if (needed := said.get("x-permission")) and Permission(needed) in AUDITORS_ONLY:
            assert said.get("x-auditors"), (verb, path)


async def test_managements_administrator_never_acts_as_auditor(org: Organisation) -> None:
    story = await Story.begin(org)
    for verb, path, said in GUARDED:
        if (needed := said.get("x-permission")) and Permission(needed) in AUDITORS_ONLY:
            asked = path.format_map(_Ids(engagement_id=story.engagement, otherwise=str(uuid.uuid4())))
            problem(await org.admin.request(verb, asked, json={}), 403, "forbidden")


async def test_a_program_of_the_firm_gets_no_token_for_an_engagement(org: Organisation, firm: Firm) -> None:
    story = await Story.begin(org)
    await in_engagement(org, firm, story)
    draft = {"title": "Sync", "roles": ["firm-manager"], "responsible": firm.address("partner")}
    program = created(await firm.admin.post("/v1/api-clients", json=draft))
    form = {
        "grant_type": "client_credentials",
        "client_id": program["id"],
        "client_secret": program["client_secret"],
        "engagement": story.engagement,
    }
    async with httpx.AsyncClient(base_url=firm.url) as asking:
        answer = await asking.post("/v1/oauth/token", data=form)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
