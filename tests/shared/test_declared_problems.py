"""An operation that answers a problem which it does not declare is found, and what it answers is written down."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from shared.http import declared, problems
from shared.http.operations import Routes
from shared.problems import Conflict, Gone, NotFound
from tests.support import problem

routes = Routes("things")


@routes.get("/v1/things/{name}", permission=None, refuses=(Gone,))
async def get_thing(name: str, request: Request) -> Response:
    """Refuse in the way that the name says."""
    raise {"gone": Gone, "none": NotFound}.get(name, Conflict)("Not this one.")


async def _answer(file: Path | None, path: str) -> httpx.Response:
    app = FastAPI()
    problems.install(app)
    declared.install(app, file)
    routes.install(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


async def test_what_is_declared_or_follows_from_the_operation_is_answered_and_written_down(tmp_path: Path) -> None:
    file = tmp_path / "answered.txt"
    problem(await _answer(file, "/v1/things/gone"), 410, "gone")
    problem(await _answer(file, "/v1/things/none"), 404, "not-found")
    assert file.read_text().splitlines() == ["GET /v1/things/{name} gone", "GET /v1/things/{name} not-found"]


async def test_an_undeclared_problem_fails_where_problems_are_written_down(tmp_path: Path) -> None:
    file = tmp_path / "answered.txt"
    told = problem(await _answer(file, "/v1/things/other"), 500, "unforeseen")["detail"]
    assert told == "GET /v1/things/{name} does not declare /problems/conflict in `refuses`: Not this one."
    assert file.read_text().splitlines() == ["GET /v1/things/{name} conflict undeclared"]


async def test_elsewhere_it_is_answered_all_the_same_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    problem(await _answer(None, "/v1/things/other"), 409, "conflict")
    assert "GET /v1/things/{name} answers /problems/conflict, which it does not declare" in caplog.text
