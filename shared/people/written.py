"""People as tables name them: `dana@example.com`, `Dana Duarte <dana@example.com>`, an id, or a name that one has."""

import re
from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.bulk import among
from shared.data.tables import known_people
from shared.people.known import ACTIVE

_P = known_people.c
_IN_BRACKETS = re.compile(r"<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>")


async def ids_by_name(session: AsyncSession, written: Collection[str]) -> dict[str, list[UUID]]:
    """The active people whose display name each text is, in any case, by the text; none where it is a reference."""
    names = {text: _folded(text) for text in written if reference_in(text) is None}
    if not names:
        return {}
    name = cast(func.lower(_P.name), Text)
    query = select(name, _P.id).where(_P.status == ACTIVE, among(name, sorted(set(names.values())))).order_by(_P.id)
    found: dict[str, list[UUID]] = defaultdict(list)
    for folded, person_id in await session.execute(query):
        found[folded].append(person_id)
    return {text: found[folded] for text, folded in names.items()}


def reference_in(text: str) -> str | None:
    """The address or id that a text is or has in angle brackets, in lower case; None when it can only be a name."""
    if bracketed := _IN_BRACKETS.search(text):
        return bracketed[1].lower()
    return text.strip().lower() if "@" in text or _is_id(text.strip()) else None


def _folded(text: str) -> str:
    return " ".join(text.split()).lower()


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
