"""Jira Cloud (v3) and Data Center (v2): an issue is found by a label of its own; a state is reached by a transition."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from services.integrations.ticketing.adapter import Adapter
from services.integrations.ticketing.terms.models import (
    Category,
    Content,
    FieldName,
    Outside,
    Place,
    Refused,
    TicketCode,
    TicketSystem,
)
from services.integrations.ticketing.terms.rules import clean, day_of, instant_of_text, member

_FIELDS = ("summary", "status", "resolution", "duedate", "assignee", "updated")
_CATEGORIES = {"new": Category.OPEN, "indeterminate": Category.IN_PROGRESS, "done": Category.DONE}
_DROPPED = frozenset({"won't do", "won't fix", "duplicate", "cannot reproduce"})
_GIVEN = frozenset({"project", "issuetype", "summary", "description", "labels", "duedate", "reporter"})


class Jira(Adapter):
    """Both kinds; they differ in proof, version, search, and in how text is written."""

    fields: ClassVar[frozenset[FieldName]] = frozenset(FieldName)

    @staticmethod
    def headers_of(place: Place) -> Mapping[str, str]:
        if place.system == TicketSystem.JIRA_DATA_CENTER:
            return {"Authorization": f"Bearer {place.credential}"}
        pair = f"{place.username}:{place.credential}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    async def account(self) -> str | None:
        me = await self.calls.ask("test", "GET", f"{self._api}/myself")
        await self._require_issue_type()
        return clean(member(me, "accountId" if self._is_cloud else "name"))

    async def find(self, marker: str, *, since: datetime) -> Outside | None:  # noqa: ARG002 - a label needs no date
        jql = f'project = "{self.place.project}" AND labels = "{_label(marker)}"'
        body = {"jql": jql, "fields": list(_FIELDS), "maxResults": 2}
        path = f"{self._api}/search/jql" if self._is_cloud else f"{self._api}/search"
        found = member(await self.calls.ask("find", "POST", path, body=body, writes=False), "issues")
        return self._outside(found[0]) if isinstance(found, list) and found else None

    async def create(self, content: Content) -> Outside:
        fields: dict[str, Any] = {
            "project": {"key": self.place.project},
            "issuetype": {"name": self.place.issue_type},
            "summary": content.title,
            "description": _document(content.description) if self._is_cloud else content.description,
            "labels": [*self.place.labels, _label(content.marker)],
        }
        if content.due_on:
            fields["duedate"] = content.due_on.isoformat()
        made = await self.calls.ask("create", "POST", f"{self._api}/issue", body={"fields": fields})
        key = clean(member(made, "key"))
        if key is None:
            raise Refused(TicketCode.UNREADABLE, "no issue")
        return await self.read(key)

    async def read(self, key: str) -> Outside:
        query = {"fields": ",".join(_FIELDS)}
        return self._outside(await self.calls.ask("read", "GET", self._issue(key), query=query))

    async def set_fields(self, key: str, values: Mapping[FieldName, Any]) -> None:
        names = {FieldName.TITLE: "summary", FieldName.DUE_ON: "duedate"}
        fields = {names[name]: value for name, value in values.items()}
        await self.calls.ask("update", "PUT", self._issue(key), body={"fields": fields})

    async def set_state(self, key: str, wanted: Category) -> None:
        path = f"{self._issue(key)}/transitions"
        offered = member(await self.calls.ask("transition", "GET", path), "transitions")
        chosen = self._chosen(offered if isinstance(offered, list) else [], wanted)
        await self.calls.ask("transition", "POST", path, body={"transition": {"id": chosen}})

    def _chosen(self, offered: list[Any], wanted: Category) -> str:
        """The transition to the state that the connection names, or else to any of the category."""
        named = self.place.states.get(wanted, "").casefold()
        leads = [
            (str(member(each, "id")), clean(member(each, "to", "name")) or "", _category(member(each, "to")))
            for each in offered
        ]
        by_name = [key for key, name, _ in leads if named and name.casefold() == named]
        is_over = wanted == Category.DONE
        by_category = [key for key, _, category in leads if category and (category == Category.DONE) == is_over]
        chosen = by_name if named else by_category
        if not chosen:
            names = ", ".join(name for _, name, _ in leads) or "none"
            raise Refused(TicketCode.NO_TRANSITION, f"no way to {named or wanted}; reachable: {names}")
        return chosen[0]

    async def _require_issue_type(self) -> None:
        """`Refused` where the type is not there, or where its form requires more than a ticket has."""
        path = f"{self._api}/issue/createmeta/{quote(self.place.project, safe='')}/issuetypes"
        types = _listed(await self.calls.ask("test", "GET", path), "issueTypes")
        wanted = (self.place.issue_type or "").casefold()
        found = [member(each, "id") for each in types if str(member(each, "name")).casefold() == wanted]
        if not found:
            names = ", ".join(str(member(each, "name")) for each in types)
            raise Refused(TicketCode.REFUSED, f"no such issue type; there are: {names}"[:500])
        form = _listed(await self.calls.ask("test", "GET", f"{path}/{quote(str(found[0]), safe='')}"), "fields")
        missing = [
            clean(member(each, "name")) or str(member(each, "fieldId"))
            for each in form
            if member(each, "required")
            and not member(each, "hasDefaultValue")
            and member(each, "fieldId") not in _GIVEN
        ]
        if missing:
            raise Refused(TicketCode.REFUSED, f"the form requires {', '.join(missing)}"[:500])

    def _outside(self, issue: Any) -> Outside:
        key, fields = clean(member(issue, "key")), member(issue, "fields")
        if key is None or fields is None:
            raise Refused(TicketCode.UNREADABLE, "no issue")
        category = _category(member(fields, "status"))
        resolution = str(member(fields, "resolution", "name") or "").casefold()
        return Outside(
            id=key,
            key=key,
            url=f"{self.place.base_url.rstrip('/')}/browse/{quote(key, safe='')}",
            title=clean(member(fields, "summary")) or "",
            due_on=day_of(member(fields, "duedate")),
            category=Category.DROPPED if category == Category.DONE and resolution in _DROPPED else category,
            status=clean(member(fields, "status", "name")) or "",
            assignee=clean(member(fields, "assignee", "displayName")),
            updated_at=instant_of_text(member(fields, "updated")),
        )

    @property
    def _is_cloud(self) -> bool:
        return self.place.system == TicketSystem.JIRA_CLOUD

    @property
    def _api(self) -> str:
        return "/rest/api/3" if self._is_cloud else "/rest/api/2"

    def _issue(self, key: str) -> str:
        return f"{self._api}/issue/{quote(key, safe='')}"


def _label(marker: str) -> str:
    return f"attest-{marker}"


def _category(status: Any) -> Category | None:
    """By the category's key: names are each workflow's own, and translated."""
    return _CATEGORIES.get(str(member(status, "statusCategory", "key")))


def _listed(page: Any, *names: str) -> list[Any]:
    """What a page lists: Cloud names it, Data Center calls it `values`."""
    found: Any = next((value for name in (*names, "values") if (value := member(page, name)) is not None), [])
    return found if isinstance(found, list) else []


def _document(text: str) -> dict[str, Any]:
    """A text in Atlassian's document format: a paragraph for each line."""
    lines = [line for line in text.split("\n") if line]
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines]
    return {"type": "doc", "version": 1, "content": paragraphs}
