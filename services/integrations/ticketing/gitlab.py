"""GitLab issues: no key of one's own, so that an issue is found by a hidden marker in its description."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from services.integrations.ticketing.adapter import MOST_PAGES, PAGE, Adapter, hidden, marked
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

_CATEGORIES = {"opened": Category.OPEN, "closed": Category.DONE}


class GitLab(Adapter):
    """REST API v4."""

    fields: ClassVar[frozenset[FieldName]] = frozenset(FieldName)

    @staticmethod
    def headers_of(place: Place) -> Mapping[str, str]:
        return {"PRIVATE-TOKEN": place.credential}

    async def account(self) -> str | None:
        await self.calls.ask("test", "GET", self._project)
        return clean(member(await self.calls.ask("test", "GET", "/api/v4/user"), "username"))

    async def find(self, marker: str, *, since: datetime) -> Outside | None:
        query = {"scope": "all", "created_after": since.isoformat(), "order_by": "created_at", "per_page": PAGE}
        if self.place.labels:
            query["labels"] = ",".join(self.place.labels)
        for page in range(1, MOST_PAGES + 1):
            found = await self.calls.ask("find", "GET", f"{self._project}/issues", query=query | {"page": page})
            for issue in found if isinstance(found, list) else ():
                if hidden(marker) in (member(issue, "description") or ""):
                    return _outside(issue)
            if not isinstance(found, list) or len(found) < PAGE:
                return None
        raise Refused(TicketCode.TOO_MANY_TO_SEARCH, "more issues were made since than are looked through")

    async def create(self, content: Content) -> Outside:
        body = {"title": content.title, "description": marked(content), "labels": ",".join(self.place.labels)}
        if content.due_on:
            body["due_date"] = content.due_on.isoformat()
        return _outside(await self.calls.ask("create", "POST", f"{self._project}/issues", body=body))

    async def read(self, key: str) -> Outside:
        return _outside(await self.calls.ask("read", "GET", f"{self._project}/issues/{key}"))

    async def set_fields(self, key: str, values: Mapping[FieldName, Any]) -> None:
        names = {FieldName.TITLE: "title", FieldName.DUE_ON: "due_date"}
        body = {names[name]: value for name, value in values.items()}
        await self.calls.ask("update", "PUT", f"{self._project}/issues/{key}", body=body)

    async def set_state(self, key: str, wanted: Category) -> None:
        body = {"state_event": "close" if wanted == Category.DONE else "reopen"}
        await self.calls.ask("transition", "PUT", f"{self._project}/issues/{key}", body=body)

    @property
    def _project(self) -> str:
        return f"/api/v4/projects/{quote(self.place.project, safe='')}"


def _outside(issue: Any) -> Outside:
    number, state = clean(member(issue, "iid")), clean(member(issue, "state"))
    if number is None:
        raise Refused(TicketCode.UNREADABLE, "no issue")
    return Outside(
        id=number,
        key=f"#{number}",
        url=link_of(member(issue, "web_url")),
        title=clean(member(issue, "title")) or "",
        due_on=day_of(member(issue, "due_date")),
        category=_CATEGORIES.get(state or ""),
        status=state or "",
        assignee=clean(member(issue, "assignee", "username")),
        updated_at=instant_of_text(member(issue, "updated_at")),
    )
