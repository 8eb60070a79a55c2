"""Who took part in a request, and may so be mentioned by the other party. Pure functions."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID


def participants(recorded: Iterable[Mapping[str, Any] | None], owner: tuple[UUID, str] | None) -> dict[UUID, str]:
    """The people who wrote, answered or decided, and the owner, with the names that they had then."""
    people = [by["person"] for by in recorded if by is not None and by["person"] is not None and by["person"]["id"]]
    named = {UUID(person["id"]): str(person["name"]) for person in people}
    return named if owner is None else {owner[0]: owner[1], **named}
