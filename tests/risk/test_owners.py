"""Who has left, or is unknown, is refused wherever assets, vendors and assessments name a person."""

from tests.risk.assets import ASSET, registered
from tests.risk.test_assessments import DRAFT, drafted
from tests.risk.vendors import VENDOR
from tests.support import Organisation, created, eventually, ok, person, problem

GONE, NOBODY = "reviewer@example.com", "nobody@example.com"


async def test_who_has_left_or_is_unknown_answers_for_nothing(org: Organisation) -> None:
    asset = await registered(org, "AS-01")
    assessment = await drafted(org)
    vendor = created(await org.risk.post("/v1/vendors", json=VENDOR))["id"]
    leaver = (await person(org, "reviewer"))["id"]
    ok(await org.admin.post(f"/v1/people/{leaver}/departures", json={}))
    drafts = {
        "/v1/assets": ASSET | {"code": "AS-02", "owner": GONE},
        "/v1/risk-assessments": DRAFT | {"lead": GONE},
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
