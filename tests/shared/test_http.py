"""What every operation does the same way: problems, preconditions, pages, request ids, health."""

import httpx
import pytest

from deploy.local.services import NAMES
from deploy.local.stack import Stack
from deploy.story import implemented_control
from tests.support import Organisation, ok, person, problem


async def test_without_a_token_nothing_is_answered(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as stranger:
        refused = await stranger.get("/v1/controls")
        problem(refused, 401, "unauthenticated")
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        for token in ("nonsense", "a.b.c", "e30.e30.e30"):
            headers = {"Authorization": f"Bearer {token}"}
            problem(await stranger.get("/v1/controls", headers=headers), 401, "unauthenticated")


async def test_a_missing_permission_is_named(org: Organisation) -> None:
    refused = await org.viewer.post("/v1/controls", json={})
    assert "controls:write" in problem(refused, 403, "forbidden")["detail"]
    assert 'scope="controls:write"' in refused.headers["WWW-Authenticate"]


async def test_every_fault_of_a_body_is_named_at_once(org: Organisation) -> None:
    body = {"code": "no spaces", "title": "", "kind": "magical", "requirements": ["CC8.2"], "sevrity": 1}
    errors = problem(await org.manager.post("/v1/controls", json=body), 422, "invalid")["errors"]
    pointers = {error["pointer"] for error in errors}
    assert {"/code", "/title", "/kind", "/requirements/0", "/sevrity", "/statement", "/owner"} <= pointers


async def test_a_rule_of_several_fields_speaks_for_itself(org: Organisation) -> None:
    refused = await org.admin.post("/v1/api-clients", json={"title": "x", "roles": ["operator"]})
    detail = "the role operator is not an organisation's to give"
    assert problem(refused, 422, "invalid")["errors"] == [{"pointer": "/roles", "detail": detail}]


async def test_a_body_that_is_not_json_is_refused(org: Organisation) -> None:
    text = {"Content-Type": "text/plain"}
    problem(await org.manager.post("/v1/controls", content="{}", headers=text), 415, "unsupported-media-type")
    json_type = {"Content-Type": "application/json"}
    problem(await org.manager.post("/v1/controls", content="{", headers=json_type), 400, "malformed")
    problem(await org.manager.post("/v1/controls", content=b'"\xff"', headers=json_type), 400, "malformed")
    deep = "[" * 100_000
    assert (await org.manager.post("/v1/controls", content=deep, headers=json_type)).status_code in {400, 422}


async def test_a_body_that_is_too_large_is_refused(org: Organisation) -> None:
    huge = await org.manager.post("/v1/controls", json={"title": "x" * 2_000_000})
    assert huge.status_code == 413
    assert huge.headers["content-type"] == "application/problem+json"


async def test_a_change_needs_the_version_it_was_made_from(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    path = f"/v1/controls/{control}"
    current = (await org.manager.get(path)).headers["ETag"]
    problem(await org.manager.patch(path, json={"title": "New"}), 428, "precondition-required")
    problem(await org.manager.patch(path, json={"title": "New"}, headers={"If-Match": '"1"'}), 412, "stale")
    problem(await org.manager.patch(path, json={"title": "New"}, headers={"If-Match": "x"}), 400, "malformed")
    changed = await org.manager.patch(path, json={"owner": "kim@example.com"}, headers={"If-Match": current})
    assert ok(changed)["owner"] == await person(org, "kim")
    assert changed.headers["ETag"] != current


async def test_what_the_client_has_is_not_sent_again(org: Organisation) -> None:
    path = f"/v1/controls/{await implemented_control(org, 'AC-01')}"
    tag = (await org.manager.get(path)).headers["ETag"]
    same = await org.manager.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert (await org.manager.get(path, headers={"If-None-Match": '"0"'})).status_code == 200


async def test_pages_hold_everything_once(org: Organisation) -> None:
    codes = [f"AC-{number:02}" for number in range(7)]
    for code in codes:
        await implemented_control(org, code)
    for sort, expected in (("code", codes), ("-code", codes[::-1]), ("created_at", codes)):
        seen: list[str] = []
        cursor: str | None = None
        while True:
            query: dict[str, str | int] = {"limit": 3, "sort": sort}
            if cursor:
                query["cursor"] = cursor
            page = ok(await org.viewer.get("/v1/controls", params=query))
            seen += [item["code"] for item in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break
        assert seen == expected


async def test_a_cursor_of_another_order_is_refused(org: Organisation) -> None:
    for code in ("AC-01", "AC-02"):
        await implemented_control(org, code)
    cursor = ok(await org.viewer.get("/v1/controls", params={"limit": 1}))["next_cursor"]
    refused = await org.viewer.get("/v1/controls", params={"sort": "-code", "cursor": cursor})
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "query/cursor"
    problem(await org.viewer.get("/v1/controls", params={"cursor": "bm9uc2Vuc2U"}), 422, "invalid")


@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        ("GET", "/v1/controls?statuss=draft", "did you mean 'status'?"),
        ("GET", "/v1/controls/01900000-0000-7000-8000-000000000000?as_off=2026-01-01", "this operation takes none"),
        ("GET", "/v1/framework-versions/01900000-0000-7000-8000-000000000000/document?ass=x", "did you mean 'as'?"),
        ("POST", "/v1/controls?dry_run=true", "this operation takes none"),
        ("POST", "/v1/control-imports?dry-run=true", "did you mean 'dry_run'?"),
    ],
)
async def test_an_unknown_query_parameter_is_refused(org: Organisation, method: str, path: str, hint: str) -> None:
    name = path.partition("?")[2].partition("=")[0]
    refused = problem(await org.manager.request(method, path), 400, "unknown-parameter")
    assert refused["errors"] == [{"pointer": f"query/{name}", "detail": f"unknown; {hint}"}]


async def test_a_repeated_query_parameter_is_refused(org: Organisation) -> None:
    refused = problem(await org.viewer.get("/v1/controls?status=draft&status=retired"), 400, "repeated-parameter")
    assert refused["errors"][0]["pointer"] == "query/status"


async def test_every_answer_has_a_request_id(org: Organisation) -> None:
    mine = "from-the-client-0001"
    assert (await org.viewer.get("/v1/controls", headers={"X-Request-Id": mine})).headers["X-Request-Id"] == mine
    made = await org.viewer.get("/v1/controls/nonsense", headers={"X-Request-Id": "<script>"})
    assert made.headers["X-Request-Id"] == problem(made, 422, "invalid")["request_id"] != "<script>"


async def test_an_unknown_path_is_a_problem(org: Organisation) -> None:
    problem(await org.viewer.get("/v1/nothing-here"), 404, "not-found")
    refused = await org.viewer.delete("/v1/controls")
    assert refused.status_code == 405
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("service", NAMES)
async def test_health_is_for_operations_only(stack: Stack, service: str) -> None:
    async with httpx.AsyncClient() as inside:
        assert (await inside.get(f"{stack.service_url(service)}/livez")).status_code == 200
        assert (await inside.get(f"{stack.service_url(service)}/readyz")).json() == {"status": "ready"}
        path = f"/v1/services/{service}/trail"
        problem(await inside.get(f"{stack.service_url(service)}{path}"), 401, "unauthenticated")
        metrics = (await inside.get(f"{stack.service_url(service)}/metrics/")).text
        assert f'http_route="{path}"' in metrics
        for path in ("/livez", "/readyz", "/metrics", "/metrics/"):
            assert (await inside.get(f"{stack.url}{path}")).status_code == 404


async def test_the_edge_adds_what_browsers_heed(org: Organisation) -> None:
    answer = await org.viewer.get("/v1/controls", headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in answer.headers, "no origin is trusted that has not been configured"
