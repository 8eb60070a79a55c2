import httpx
import pytest

from deploy.local.stack import Stack
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
        for name in ("docs.js", "swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
            assert f"/docs/{name}" in page.text
            assert (await client.get(f"/docs/{name}")).status_code == 200
        for name in ("nothing.js", "docs.html", "%2e%2e%2froutes.py"):
            assert (await client.get(f"/docs/{name}")).status_code in {400, 404}


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


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v1/problems/200", "/livez", "/readyz", "/metrics", "/"])
async def test_what_is_not_there_is_a_problem(stack: Stack, path: str) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
