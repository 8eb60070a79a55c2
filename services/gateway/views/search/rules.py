"""What a search looks for: every word that is typed, the last or any of them as the beginning of a longer one."""

from collections.abc import Sequence
from typing import Any

from services.gateway.views.told.rules import OF_CLIENT, WORDS
from shared.data.outside import without

MOST_TERMS = 8


def terms_of(q: str) -> list[str]:
    """The words of a query in lower case, without the punctuation around them; the longest first, as it finds least."""
    stripped = ("".join(_edges_off(piece)) for piece in q.lower().split())
    terms = dict.fromkeys(term[:100] for term in stripped if term)
    return sorted(terms, key=len, reverse=True)[:MOST_TERMS]


def unnamed(found: dict[str, Any], names: Sequence[str], most: int) -> dict[str, Any]:
    """The first of what was found whose words, where they are the client's, have none of these names."""
    items = [item for item in found["items"] if item["kind"] not in OF_CLIENT or not _names(item, names)]
    return found | {"items": items[:most], "more": found["more"] or len(items) > most}


def _names(item: dict[str, Any], names: Sequence[str]) -> bool:
    return any(item[word] and without(item[word], names) != item[word] for word in WORDS)


def _edges_off(piece: str) -> str:
    while piece and not piece[0].isalnum():
        piece = piece[1:]
    while piece and not piece[-1].isalnum():
        piece = piece[:-1]
    return piece
