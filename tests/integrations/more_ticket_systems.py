"""Small real servers that behave as ServiceNow and Linear do, as far as tickets need it."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from tests.integrations.ticket_systems import TOKEN, Answer, Asked, System

_STATES = {"1": "New", "2": "In Progress", "6": "Resolved", "7": "Closed", "8": "Canceled"}


class ServiceNow(System):
    """The table of incidents. A business rule cuts short descriptions after 40 characters, and says nothing."""

    user = "attest.integration"

    def answer(self, asked: Asked) -> Answer:
        pair = base64.b64encode(f"{self.user}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return 401, {"error": {"message": "User Not Authenticated"}}
        if asked.path == "/api/now/table/incident":
            if asked.method == "POST":
                return self._made(asked.body)
            wanted = asked.query.get("sysparm_query", "").removeprefix("correlation_id=")
            found = [each for each in self.listed() if wanted in {"", each["correlation_id"]}]
            return 200, {"result": [_shown(each) for each in found]}
        found_id = asked.path.removeprefix("/api/now/table/incident/")
        issue = next((each for each in self.issues if each["sys_id"] == found_id), None)
        if issue is None:
            return 404, {"error": {"message": "No Record found"}}
        if asked.method == "PATCH":
            self.change(issue, **asked.body)
        return 200, {"result": _shown(issue)}

    def change(self, issue: dict[str, Any], **values: Any) -> None:
        """As a person does it, or the API."""
        issue.update(values, sys_updated_on=self.now().replace("T", " ").removesuffix("Z"))
        issue["short_description"] = issue["short_description"][:40]

    def _made(self, body: dict[str, Any]) -> Answer:
        place = len(self.issues) + 1
        issue = {**body, "sys_id": f"{place:032x}", "number": f"INC{place:07}", "state": "1", "assigned_to": ""}
        self.issues.append(issue)
        self.change(issue)
        return 201, {"result": _shown(issue)}


def _shown(issue: dict[str, Any]) -> dict[str, Any]:
    """With `sysparm_display_value=all`."""
    shown = {name: {"value": value, "display_value": value} for name, value in issue.items()}
    return shown | {"state": {"value": issue["state"], "display_value": _STATES[issue["state"]]}}


class Linear(System):
    """Team SEC. An id that was used is refused; errors come with 200."""

    states = (
        ("s1", "Backlog", "backlog"),
        ("s2", "Todo", "unstarted"),
        ("s3", "Doing", "started"),
        ("s4", "Done", "completed"),
    )

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != TOKEN:
            return 200, _error("AUTHENTICATION_ERROR", "Authentication required")
        query, variables = asked.body["query"], asked.body["variables"]
        for name, answer in (
            ("viewer", self._viewer),
            ("teams(", self._teams),
            ("issues(", self._issues),
            ("issueCreate", self._create),
            ("issueUpdate", self._update),
        ):
            if name in query:
                return 200, answer(variables)
        return 400, _error("GRAPHQL_VALIDATION_FAILED", "Unknown query")

    def change(self, issue: dict[str, Any], **values: Any) -> None:
        """As a person does it, or the API."""
        if state := values.pop("stateId", None):
            values["state"] = self._state(state)
        issue.update(values, updatedAt=self.now())

    def _state(self, key: str) -> dict[str, str]:
        return next({"id": id_, "name": name, "type": kind} for id_, name, kind in self.states if id_ == key)

    def _viewer(self, _variables: Mapping[str, Any]) -> dict[str, Any]:
        return {"data": {"viewer": {"id": "4a5d99d6-1c75-4e53-91b9-ee80057d4ce3"}}}

    def _teams(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        team = {"id": "t1", "states": {"nodes": [self._state(key) for key, *_ in self.states]}}
        return {"data": {"teams": {"nodes": [team] if variables["key"] == "SEC" else []}}}

    def _issues(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        return {"data": {"issues": {"nodes": [each for each in self.listed() if each["id"] == variables["id"]]}}}

    def _create(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        given = variables["input"]
        if not re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", given["id"]):
            return _error("INVALID_INPUT", "id must be a UUID v4")
        if any(each["id"] == given["id"] for each in self.issues):
            return _error("INVALID_INPUT", "Entity with this id exists")
        key = f"SEC-{len(self.issues) + 1}"
        issue = {**given, "identifier": key, "url": f"https://linear.app/acme/issue/{key}", "assignee": None}
        self.issues.append(issue)
        self.change(issue, stateId="s1")
        return {"data": {"issueCreate": {"issue": issue}}}

    def _update(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        issue = next(each for each in self.issues if each["id"] == variables["id"])
        self.change(issue, **variables["input"])
        return {"data": {"issueUpdate": {"success": True}}}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}
