"""What an auditor is told of what waits. Pure functions."""

from collections.abc import Sequence
from typing import Any

from services.gateway.views.told.rules import OF_CLIENT, WORDS
from shared.data.outside import without


def unnamed(inbox: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The inbox, in which the words of the client have none of these names."""
    return inbox | {"items": [_cleaned(item, names) if item["kind"] in OF_CLIENT else item for item in inbox["items"]]}


def _cleaned(item: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return item | {word: item[word] and without(item[word], names) for word in WORDS}
