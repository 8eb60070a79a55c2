"""Who answers for a risk, an asset, a vendor: named by id or address, refused when unknown or gone, and handed over."""

from uuid import uuid4

from tests.risk.assets import ASSET, registered
from tests.risk.given import DRAFT, identified, kinds, read, trail
from tests.risk.test_assessments import DRAFT as ASSESSMENT
from tests.risk.test_assessments import drafted
from tests.risk.vendors import VENDOR
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem

GONE, NOBODY = "reviewer@example.com", "nobody@example.com"


async def test_an_owner_is_named_by_id_or_by_any_address_in_any_case(org: Organisation) -> None:
    nora = await newcomer(org, "nora")
    for place, reference in enumerate((nora["id"], nora["id"].upper(), "nora@example.com", "Nora@Example.ORG")):
        risk = await identified(org, code=f"R-{place}", owner=reference)
        assert (await read(org, risk))["owner"] == nora
    for reference in (nora["id"], "NORA@example.org"):
        listed = ok(await org.viewer.get("/v1/risks", params={"owner": reference}))["items"]
        assert [risk["code"] for risk in listed] == ["R-0", "R-1", "R-2", "R-3"]
    assert ok(await org.viewer.get("/v1/risks", params={"owner": str(uuid4())}))["items"] == []
    assert ok(await org.viewer.get("/v1/risks", params={"owner": "nobody@example.com"}))["items"] == []
    ok(await org.admin.patch(f"/v1/people/{nora['id']}", json={"name": "Nora Nagel"}, headers={"If-Match": '"1"'}))

    async def renamed() -> bool:
        return bool((await read(org, risk))["owner"]["name"] == "Nora Nagel")

    await eventually(renamed)


async def test_an_owner_who_is_unknown_or_gone_is_refused(org: Organisation) -> None:
    for reference in (str(uuid4()), "nobody@example.com"):
        refused = problem(await org.risk.post("/v1/risks", json=DRAFT | {"owner": reference}), 422, "unknown-person")
        assert [fault["pointer"] for fault in refused["errors"]] == ["/owner"]
    risk, nora = await identified(org), await newcomer(org, "nora")
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))

    async def refused_as_gone() -> bool:
        revision = {"owner": "nora@example.com"}
        answer = await org.risk.patch(f"/v1/risks/{risk}", json=revision, headers={"If-Match": "*"})
        return bool(answer.status_code == 422 and answer.json()["type"] == "/problems/person-gone")

    await eventually(refused_as_gone)
    problem(await org.risk.post("/v1/risks", json=DRAFT | {"owner": nora["id"]}), 422, "person-gone")
    unknown = await org.risk.patch(f"/v1/risks/{risk}", json={"owner": str(uuid4())}, headers={"If-Match": "*"})
    problem(unknown, 422, "unknown-person")


async def test_what_a_leaver_owns_is_listed_and_handed_over(org: Organisation) -> None:
    nora, lee = await newcomer(org, "nora"), await person(org, "lee")
    risk = await identified(org, owner=nora["id"])

    async def duties(of: dict[str, str]) -> list[tuple[str, str, str]]:
        listed = ok(await org.viewer.get("/v1/services/risk/duties", params={"person": of["id"]}))["items"]
        assert all(duty["person"]["id"] == of["id"] for duty in listed)
        return [(duty["noun"], duty["duty"], duty["id"]) for duty in listed]

    assert await duties(nora) == [("risk", "owner", risk)]
    ok(await org.admin.post(f"/v1/people/{nora['id']}/handovers", json={"to": lee["id"], "reason": "She left."}))

    async def handed_over() -> bool:
        return await duties(lee) == [("risk", "owner", risk)]

    await eventually(handed_over)
    assert await duties(nora) == []
    assert (await read(org, risk))["owner"] == lee
    last = (await trail(org, risk))[-1]
    assert (kinds([last]), last["actor"], last["reason"]) == (
        ["revised"],
        "system",
        f"{lee['name']} took over from Nora.",
    )
    assert (last["before"]["owner_id"], last["after"]["owner_id"]) == (nora["id"], lee["id"])


async def test_who_has_left_or_is_unknown_answers_for_nothing(org: Organisation) -> None:
    asset = await registered(org, "AS-01")
    assessment = await drafted(org)
    vendor = created(await org.risk.post("/v1/vendors", json=VENDOR))["id"]
    leaver = (await person(org, "reviewer"))["id"]
    ok(await org.admin.post(f"/v1/people/{leaver}/departures", json={}))
    drafts = {
        "/v1/assets": ASSET | {"code": "AS-02", "owner": GONE},
        "/v1/risk-assessments": ASSESSMENT | {"lead": GONE},
        "/v1/vendors": VENDOR | {"code": "V-02", "owner": GONE},
        f"/v1/vendors/{vendor}/reviews": {"reviewer": GONE},
    }

    async def heard() -> bool:
        answer = await org.risk.post("/v1/assets", json=drafts["/v1/assets"] | {"code": str(len(seen))})
        seen.append(answer.status_code)
        return answer.status_code == 422

    seen: list[int] = []
    await eventually(heard)
    for path, draft in drafts.items():
        problem(await org.risk.post(path, json=draft), 422, "person-gone")
    for path, field in ((f"/v1/assets/{asset}", "owner"), (assessment, "lead"), (f"/v1/vendors/{vendor}", "owner")):
        for whom, slug in ((GONE, "person-gone"), (NOBODY, "unknown-person")):
            answer = await org.risk.patch(path, json={field: whom}, headers={"If-Match": "*"})
            assert problem(answer, 422, slug)["errors"][0]["pointer"] == f"/{field}"
