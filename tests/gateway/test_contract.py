import httpx
import pytest

from deploy.local.stack import Stack
from services.gateway.contract.problem_pages import problem_types, type_page
from tests.support import ok, problem


@pytest.mark.parametrize(("path", "key"), [("/openapi.json", "openapi"), ("/asyncapi.json", "asyncapi")])
async def test_the_contracts_are_served_with_their_etag(stack: Stack, path: str, key: str) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        first = await client.get(path)
        assert ok(first)[key].startswith("3.")
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_docs_page_loads_nothing_from_elsewhere_and_runs_no_inline_script(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        page = await client.get("/docs")
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "http" not in page.text.replace("http-equiv", "")
        assert "<script>" not in page.text
        for name in ("docs.js", "docs.css", "swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
            assert f"/docs/{name}" in page.text
            assert (await client.get(f"/docs/{name}")).status_code == 200
        for name in ("nothing.js", "docs.html", "%2e%2e%2froutes.py"):
            assert (await client.get(f"/docs/{name}")).status_code in {400, 404}


async def test_the_start_page_leads_to_the_docs_and_a_problem_to_what_it_means(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        start = await client.get("/")
        assert (start.status_code, start.headers["location"]) == (307, "/docs")
        refused = await client.get("/v1/controls")
        page = await client.get(refused.json()["type"])
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "The request has no valid access token" in page.text
        assert "POST /v1/oauth/token" in page.text
        assert "<script" not in page.text
        listed = await client.get("/problems", params={"status": 412})
        assert "/problems/stale" in listed.text
        assert "/problems/conflict" not in listed.text


async def test_every_problem_type_has_a_page_that_says_what_to_do() -> None:
    for problem_type in problem_types().values():
        assert "What to do" in type_page(problem_type)


@pytest.mark.parametrize(
    ("status", "slug"),
    [
        (404, "not-found"),
        (413, "too-large"),
        (429, "too-many-requests"),
        (502, "bad-gateway"),
        (504, "gateway-timeout"),
    ],
)
async def test_the_edges_own_refusals_are_problems(stack: Stack, status: int, slug: str) -> None:
    async with httpx.AsyncClient(base_url=stack.service_url("gateway")) as client:
        answer = await client.get(f"/v1/problems/{status}")
    problem(answer, status, slug)
    assert ("retry-after" in answer.headers) == (status in {429, 502})


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1/nothing", "/v1/problems/200", "/livez", "/readyz", "/metrics", "/problems/none"]
)
async def test_what_is_not_there_is_a_problem(stack: Stack, path: str) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
