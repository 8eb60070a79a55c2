"""ServiceNow's Table API: a record is found by its correlation id; the numbers of states are each table's own."""

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
)
from services.integrations.ticketing.terms.rules import clean, day_of, instant_of_text, member

_FIELDS = "sys_id,number,short_description,state,due_date,assigned_to,sys_updated_on"
_ALL = {"sysparm_display_value": "all", "sysparm_fields": _FIELDS}
# As the table of incidents comes; a connection to another table names its own.
_CATEGORIES = {
    "1": Category.OPEN,
    **dict.fromkeys(("2", "3"), Category.IN_PROGRESS),
    **dict.fromkeys(("6", "7"), Category.DONE),
    "8": Category.DROPPED,
}
_WANTED = {Category.OPEN: "2", Category.DONE: "6"}


class ServiceNow(Adapter):
    """The project is a table. What its business rules make of a value is seen by reading it back."""

    fields: ClassVar[frozenset[FieldName]] = frozenset(FieldName)

    @staticmethod
    def headers_of(place: Place) -> Mapping[str, str]:
        pair = f"{place.username}:{place.credential}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    async def account(self) -> str | None:
        await self.calls.ask("test", "GET", self._table, query=_ALL | {"sysparm_limit": 1})
        return self.place.username

    async def find(self, marker: str, *, since: datetime) -> Outside | None:  # noqa: ARG002 - the id needs no date
        query = _ALL | {"sysparm_query": f"correlation_id={marker}", "sysparm_limit": 2}
        found = member(await self.calls.ask("find", "GET", self._table, query=query), "result")
        return self._outside(found[0]) if isinstance(found, list) and found else None

    async def create(self, content: Content) -> Outside:
        body = {
            "short_description": content.title,
            "description": content.description,
            "correlation_id": content.marker,
            "correlation_display": "Attest",
            "due_date": content.due_on.isoformat() if content.due_on else "",
        }
        made = await self.calls.ask("create", "POST", self._table, query=_ALL, body=body)
        return self._outside(member(made, "result"))

    async def read(self, key: str) -> Outside:
        return self._outside(member(await self.calls.ask("read", "GET", self._record(key), query=_ALL), "result"))

    async def set_fields(self, key: str, values: Mapping[FieldName, Any]) -> None:
        names = {FieldName.TITLE: "short_description", FieldName.DUE_ON: "due_date"}
        body = {names[name]: value or "" for name, value in values.items()}
        await self.calls.ask("update", "PATCH", self._record(key), query=_ALL, body=body)

    async def set_state(self, key: str, wanted: Category) -> None:
        body = {"state": self.place.states.get(wanted) or _WANTED[wanted]}
        if wanted == Category.DONE:
            body["close_notes"] = "Over in Attest."
        await self.calls.ask("transition", "PATCH", self._record(key), query=_ALL, body=body)

    def _outside(self, record: Any) -> Outside:
        key, state = _value(record, "sys_id"), _value(record, "state") or ""
        if key is None:
            raise Refused(TicketCode.UNREADABLE, "no record")
        named = {value: category for category, value in self.place.states.items()}
        link = f"{self.place.project}.do?sys_id={key}"
        return Outside(
            id=key,
            key=_value(record, "number") or key,
            url=f"{self.place.base_url.rstrip('/')}/nav_to.do?uri={quote(link, safe='')}",
            title=_value(record, "short_description") or "",
            due_on=day_of(_value(record, "due_date")),
            category=Category(named[state]) if state in named else _CATEGORIES.get(state),
            status=clean(member(record, "state", "display_value")) or state,
            assignee=clean(member(record, "assigned_to", "display_value")),
            updated_at=instant_of_text(_value(record, "sys_updated_on")),
        )

    @property
    def _table(self) -> str:
        return f"/api/now/table/{quote(self.place.project, safe='')}"

    def _record(self, key: str) -> str:
        return f"{self._table}/{quote(key, safe='')}"


def _value(record: Any, name: str) -> str | None:
    return clean(member(record, name, "value"))
