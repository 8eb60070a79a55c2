"""Reads are found by their path before Starlette looks; what is found must be what Starlette would have found."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match

from deploy.contracts import SERVICES
from shared.http.operations import Operation
from shared.http.reads_first import Index
from shared.service import describe

_ID = "01900000-0000-7000-8000-000000000000"
_APPS = {service.name: describe(service) for service in SERVICES}


def _starlette(app: FastAPI, path: str) -> tuple[APIRoute, dict[str, str]] | None:
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    for route in app.routes:
        match, found = route.matches(scope)
        if match == Match.FULL and isinstance(route, APIRoute):
            return route, found["path_params"]
    return None


def _paths(app: FastAPI) -> list[str]:
    """A path of every operation, and paths that are nearly one."""
    paths: list[str] = []
    for route in app.routes:
        assert isinstance(route, APIRoute)
        path = "/".join(_ID if part.startswith("{") else part for part in route.path_format.split("/"))
        paths += [path, f"{path}/", f"{path}/more", path.replace(_ID, "a b"), path.replace(_ID, ""), path.upper()]
        paths += [path.rpartition("/")[0], f"/{path}", path.replace("/v1/", "/v2/")]
    return paths


@pytest.mark.parametrize("service", list(_APPS))
def test_what_is_found_is_what_starlette_finds(service: str) -> None:
    app, found_at_all = _APPS[service], 0
    index = Index(app.routes)
    for path in _paths(app):
        found, expected = index.find(path), _starlette(app, path)
        if found is None:
            # Left to Starlette: nothing is there, or what needs FastAPI around it.
            assert expected is None or not isinstance(expected[0], Operation) or expected[0].read is None, path
            continue
        found_at_all += 1
        assert expected is not None, path
        assert (found[0], found[1]) == expected, path
    assert found_at_all > 5


@pytest.mark.parametrize("path", ["", "/", "//", "/v1", "/v1/", "*", "/v1//health"])
def test_an_odd_path_is_left_to_starlette(path: str) -> None:
    assert Index(_APPS["controls"].routes).find(path) is None
