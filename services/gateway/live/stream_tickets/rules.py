"""The secret of a ticket, and its caller as the ticket keeps them until it is used."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from shared.identity.callers import Caller
from shared.identity.link_tokens import LinkToken
from shared.identity.permissions import Permission

TICKET_LIFE = timedelta(seconds=30)


class Ticket(LinkToken):
    """The secret in the address of a stream."""

    PREFIX: ClassVar[str] = "stream_"


def kept(caller: Caller) -> dict[str, Any]:
    """The caller as JSON."""
    return {
        "subject": caller.subject,
        "permissions": sorted(caller.permissions),
        "person": str(caller.person) if caller.person else None,
        "rests_on": {str(thing): version for thing, version in caller.rests_on.items()},
        "ends_at": caller.ends_at.isoformat() if caller.ends_at else None,
        "expires_at": caller.expires_at.isoformat() if caller.expires_at else None,
        "engagement": str(caller.engagement) if caller.engagement else None,
    }


def caller_of(org_id: UUID, kept: Mapping[str, Any]) -> Caller:
    """The caller that a ticket has kept."""
    return Caller(
        org_id,
        kept["subject"],
        frozenset(Permission(name) for name in kept["permissions"]),
        person=UUID(kept["person"]) if kept["person"] else None,
        rests_on={UUID(thing): version for thing, version in kept["rests_on"].items()},
        ends_at=_instant(kept["ends_at"]),
        expires_at=_instant(kept["expires_at"]),
        engagement=UUID(kept["engagement"]) if kept["engagement"] else None,
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
