"""GitHub Issues: no key of one's own, so that an issue is found by a hidden marker in its text."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

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
from services.integrations.ticketing.terms.rules import clean, instant_of_text, link_of, member

_DROPPED = frozenset({"not_planned", "duplicate"})


class GitHub(Adapter):
    """REST API 2022-11-28. Issues have no due date there."""

    fields: ClassVar[frozenset[FieldName]] = frozenset({FieldName.TITLE, FieldName.STATE})

    @staticmethod
    def headers_of(place: Place) -> Mapping[str, str]:
        return {
            "Authorization": f"Bearer {place.credential}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }

    async def account(self) -> str | None:
        repository = await self.calls.ask("test", "GET", self._repository)
        if not member(repository, "has_issues"):
            raise Refused(TicketCode.REFUSED, "the repository has no issues")
        try:
            return clean(member(await self.calls.ask("test", "GET", "/user"), "login"))
        except Refused as refused:
            if refused.code != TicketCode.FORBIDDEN:
                raise
            return None  # the token of an app's installation is nobody's

    async def find(self, marker: str, *, since: datetime) -> Outside | None:
        # The list and not the search, whose index lags behind what was just made.
        query = {"state": "all", "since": since.isoformat(), "sort": "created", "direction": "desc", "per_page": PAGE}
        if self.place.labels:
            query["labels"] = ",".join(self.place.labels)
        for page in range(1, MOST_PAGES + 1):
            path = f"{self._repository}/issues"
            found = await self.calls.ask("find", "GET", path, query=query | {"page": page})
            for issue in found if isinstance(found, list) else ():
                if hidden(marker) in (member(issue, "body") or "") and member(issue, "pull_request") is None:
                    return _outside(issue)
            if not isinstance(found, list) or len(found) < PAGE:
                return None
        raise Refused(TicketCode.TOO_MANY_TO_SEARCH, "more issues have changed since than are looked through")

    async def create(self, content: Content) -> Outside:
        body = {"title": content.title, "body": marked(content), "labels": list(self.place.labels)}
        return _outside(await self.calls.ask("create", "POST", f"{self._repository}/issues", body=body))

    async def read(self, key: str) -> Outside:
        return _outside(await self.calls.ask("read", "GET", f"{self._repository}/issues/{key}"))

    async def set_fields(self, key: str, values: Mapping[FieldName, Any]) -> None:
        body = {"title": values[FieldName.TITLE]}
        await self.calls.ask("update", "PATCH", f"{self._repository}/issues/{key}", body=body)

    async def set_state(self, key: str, wanted: Category) -> None:
        closing = wanted == Category.DONE
        body = {"state": "closed", "state_reason": "completed"} if closing else {"state": "open"}
        await self.calls.ask("transition", "PATCH", f"{self._repository}/issues/{key}", body=body)

    @property
    def _repository(self) -> str:
        return f"/repos/{self.place.project}"


def _outside(issue: Any) -> Outside:
    number, state = clean(member(issue, "number")), member(issue, "state")
    if number is None:
        raise Refused(TicketCode.UNREADABLE, "no issue")
    reason = member(issue, "state_reason")
    closed = Category.DROPPED if reason in _DROPPED else Category.DONE
    return Outside(
        id=number,
        key=f"#{number}",
        url=link_of(member(issue, "html_url")),
        title=clean(member(issue, "title")) or "",
        due_on=None,
        category={"open": Category.OPEN, "closed": closed}.get(str(state)),
        status=clean(f"{state} ({reason})" if reason else state) or "",
        assignee=clean(member(issue, "assignee", "login")),
        updated_at=instant_of_text(member(issue, "updated_at")),
    )
