"""Linear's GraphQL API: an issue has the id that we choose, so that it cannot be made twice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from services.integrations.ticketing.adapter import Adapter
from services.integrations.ticketing.terms.models import (
    Category,
    Content,
    FieldName,
    Outside,
    Place,
    Refused,
    TicketCode,
)
from services.integrations.ticketing.terms.rules import clean, day_of, instant_of_text, link_of, member

_ISSUE = "id identifier url title dueDate updatedAt state { id name type } assignee { displayName }"
_TEAM = "query($key: String!) { teams(filter: {key: {eq: $key}}) { nodes { id states { nodes { id name type } } } } }"
_FIND = f"query($id: ID!) {{ issues(filter: {{id: {{eq: $id}}}}) {{ nodes {{ {_ISSUE} }} }} }}"
_CREATE = f"mutation($input: IssueCreateInput!) {{ issueCreate(input: $input) {{ issue {{ {_ISSUE} }} }} }}"
_UPDATE = "mutation($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success } }"
_CATEGORIES = {
    **dict.fromkeys(("triage", "backlog", "unstarted"), Category.OPEN),
    "started": Category.IN_PROGRESS,
    "completed": Category.DONE,
    **dict.fromkeys(("canceled", "duplicate"), Category.DROPPED),
}
_TYPES = {Category.OPEN: ("unstarted", "backlog"), Category.DONE: ("completed",)}
# Errors come with HTTP 200, and say by a code what they are.
_CODES = {
    "AUTHENTICATION_ERROR": TicketCode.UNAUTHORIZED,
    "FORBIDDEN": TicketCode.FORBIDDEN,
    "RATELIMITED": TicketCode.RATE_LIMITED,
    "INTERNAL_SERVER_ERROR": TicketCode.SERVER_ERROR,
}


class Linear(Adapter):
    """The project is the key of a team, whose states have ids of their own."""

    fields: ClassVar[frozenset[FieldName]] = frozenset(FieldName)

    @staticmethod
    def headers_of(place: Place) -> Mapping[str, str]:
        return {"Authorization": place.credential}

    async def account(self) -> str | None:
        await self._team()
        viewer = await self._asked("test", "query { viewer { id } }", {}, writes=False)
        return clean(member(viewer, "viewer", "id"))

    async def find(self, marker: str, *, since: datetime) -> Outside | None:  # noqa: ARG002 - the id needs no date
        return await self._issue("find", marker)

    async def create(self, content: Content) -> Outside:
        values = {
            "id": content.marker,
            "teamId": member(await self._team(), "id"),
            "title": content.title,
            "description": content.description,
            "dueDate": content.due_on.isoformat() if content.due_on else None,
        }
        made = await self._asked("create", _CREATE, {"input": values}, writes=True)
        return _outside(member(made, "issueCreate", "issue"))

    async def read(self, key: str) -> Outside:
        found = await self._issue("read", key)
        if found is None:
            raise Refused(TicketCode.NOT_FOUND)
        return found

    async def set_fields(self, key: str, values: Mapping[FieldName, Any]) -> None:
        names = {FieldName.TITLE: "title", FieldName.DUE_ON: "dueDate"}
        wanted = {names[name]: value for name, value in values.items()}
        await self._asked("update", _UPDATE, {"id": key, "input": wanted}, writes=True)

    async def set_state(self, key: str, wanted: Category) -> None:
        named = self.place.states.get(wanted, "").casefold()
        states = member(await self._team(), "states", "nodes")
        fitting = [
            str(member(state, "id"))
            for kind in _TYPES[wanted]
            for state in (states if isinstance(states, list) else [])
            if (str(member(state, "name")).casefold() == named if named else member(state, "type") == kind)
        ]
        if not fitting:
            raise Refused(TicketCode.NO_TRANSITION, f"the team has no state {named or wanted}")
        await self._asked("transition", _UPDATE, {"id": key, "input": {"stateId": fitting[0]}}, writes=True)

    async def _issue(self, step: str, key: str) -> Outside | None:
        found = member(await self._asked(step, _FIND, {"id": key}, writes=False), "issues", "nodes")
        return _outside(found[0]) if isinstance(found, list) and found else None

    async def _team(self) -> Any:
        found = member(await self._asked("team", _TEAM, {"key": self.place.project}, writes=False), "teams", "nodes")
        if not isinstance(found, list) or not found:
            raise Refused(TicketCode.NOT_FOUND, "no such team")
        return found[0]

    async def _asked(self, step: str, query: str, variables: Mapping[str, Any], *, writes: bool) -> Any:
        body = {"query": query, "variables": dict(variables)}
        answer = await self.calls.ask(step, "POST", "/graphql", body=body, writes=writes)
        errors = member(answer, "errors")
        if isinstance(errors, list) and errors:
            code = _CODES.get(str(member(errors[0], "extensions", "code")), TicketCode.REFUSED)
            raise Refused(code, clean(member(errors[0], "message"), 500) or "")
        return member(answer, "data")


def _outside(issue: Any) -> Outside:
    key = clean(member(issue, "id"))
    if key is None:
        raise Refused(TicketCode.UNREADABLE, "no issue")
    return Outside(
        id=key,
        key=clean(member(issue, "identifier")) or key,
        url=link_of(member(issue, "url")),
        title=clean(member(issue, "title")) or "",
        due_on=day_of(member(issue, "dueDate")),
        category=_CATEGORIES.get(str(member(issue, "state", "type"))),
        status=clean(member(issue, "state", "name")) or "",
        assignee=clean(member(issue, "assignee", "displayName")),
        updated_at=instant_of_text(member(issue, "updatedAt")),
    )
