"""The names of controls outside the scope of an engagement, taken out of what its auditors are answered.

People write of controls by code and title wherever there is room for words, and so do reasons that are computed.
Row-level security shows rows, and cannot tell what stands in them.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from shared.data.platform import READABLE_ENGAGEMENT
from shared.identity.callers import PLATFORM, Fence

OUTSIDE = "[a control outside the scope]"
_SHORTEST_NAME = 2
# A requirement of a framework that Attest ships, such as `soc2:CC6.1`; organisations call controls as the criteria that
# they answer. Of another framework a requirement that is called as a control outside the scope is taken out as well.
_REFERENCE = re.compile(r"(?:soc2|iso27001|sp800-53):[\w.()-]+")
M = TypeVar("M", bound=BaseModel)
_ASK = """select each.names from (select set_config($1, $2, true) as value) fence
    cross join lateral (select outside_names() as names where fence.value is not null) each"""
_FUNCTION = """create or replace function outside_names() returns text[]
    language sql security definer set search_path = public, pg_temp as $$
        select array_agg(name) from (
            select unnest(array[code, title]) as name from {table} where {only}id <> all ({scope})
            except select unnest(array[code, title]) from {table} where {only}id = any ({scope}){known}
        ) each where length(name) >= {shortest}
    $$"""


class Asked(Protocol):
    """What the names are asked of: the pool of the auditor role."""

    async def fetchval(self, query: str, *args: Any) -> Any: ...


def tell_names_outside(
    execute: Callable[[str], object],
    service: str,
    table: str,
    *,
    only: str | None = None,
    criteria: str | None = None,
    engagements: str = "known_engagements",
    conducted: str = READABLE_ENGAGEMENT,
) -> None:
    """Let the auditor role know what controls outside the scope are called, by a function and for no other use.

    It runs as the owner, who sees of the fenced tables what these policies say: the engagement of the token, and the
    client's controls in `table`, where `only` says which of its rows are controls if others are in it as well. A name
    that a control in the scope has as well gives nothing away, nor does a code that is one of the shipped frameworks'
    requirements, where the service has a table of these `criteria`.
    `conducted` is the engagement of the token, in the table `engagements`.
    """
    client, scope = (f"(select {column} from {engagements})" for column in ("org_id", "control_ids"))  # noqa: S608
    execute(f"create policy named on {engagements} for select to current_user using ({conducted})")
    execute(f"create policy named on {table} for select to current_user using (org_id = {client})")
    if criteria:
        execute(f"create policy named on {criteria} for select to current_user using (org_id = '{PLATFORM}'::uuid)")
    rows = f"{only} and " if only else ""
    known = f" except select ref from {criteria}" if criteria else ""  # noqa: S608 - a table's name, by migrations
    execute(_FUNCTION.format(table=table, only=rows, scope=f"{scope}::uuid[]", shortest=_SHORTEST_NAME, known=known))
    execute("revoke execute on function outside_names() from public")
    execute(f"grant execute on function outside_names() to {service}_auditor")


def without(text: str, names: Sequence[str]) -> str:
    """A text in which these names do not stand."""
    return _pattern(tuple(names)).sub(OUTSIDE, text) if names else text


async def names_outside(connection: Asked, fence: Fence) -> Sequence[str]:
    """What the client's controls outside the scope are called."""
    return await connection.fetchval(_ASK, fence.setting, fence.value) or ()


class ClientWords:
    """The members of a thing in which people of the client write; the others are the firm's, and stay as they are.

    Where both parties write such things, `unless` is the member that says whether the firm wrote this one.
    """

    def __init__(self, *members: str, unless: str | None = None) -> None:
        self.members, self.unless = frozenset(members), unless

    def cleaned(self, thing: dict[str, Any], clean: Callable[[Any], Any]) -> dict[str, Any]:
        """The thing with these members cleaned."""
        if self.unless is not None and thing[self.unless]:
            return thing
        return {name: clean(value) if name in self.members else value for name, value in thing.items()}


# Whether the client's words stand in what is read: nowhere, anywhere, or in some of its members.
NamesControls = bool | ClientWords


def without_names(body: bytes, names: Sequence[str], words: NamesControls = True) -> bytes:
    """A JSON document in whose texts these names do not stand; keys, and the cursor of a page, stay as they are.

    `words` says in which of its members, or of those of its items, they are looked for.
    """
    if not names:
        return body
    pattern, document = _pattern(tuple(names)), json.loads(body)
    if not isinstance(words, ClientWords):
        cursor = {"next_cursor": document["next_cursor"]} if "next_cursor" in document else {}
        clean = _cleaned(document, pattern) | cursor
    elif "next_cursor" in document:
        clean = document | {
            "items": [words.cleaned(item, lambda each: _cleaned(each, pattern)) for item in document["items"]]
        }
    else:
        clean = words.cleaned(document, lambda each: _cleaned(each, pattern))
    return json.dumps(clean, ensure_ascii=False, separators=(",", ":")).encode()


def model_without_names(model: M, names: Sequence[str]) -> M:
    """A model in whose texts these names do not stand; what is no free text, as an id or a state, stays as it is."""
    if not names:
        return model
    pattern = _pattern(tuple(names))
    return type(model).model_validate(_cleaned(model.model_dump(), pattern))


def _cleaned(value: Any, pattern: re.Pattern[str]) -> Any:
    match value:
        case str() if type(value) is str:  # a state of an enumeration is no text
            return value if _REFERENCE.fullmatch(value) else pattern.sub(OUTSIDE, value)
        case list():
            return [_cleaned(each, pattern) for each in value]
        case dict():
            return {key: _cleaned(each, pattern) for key, each in value.items()}
        case _:
            return value


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names as whole words, in upper or lower case; of several that begin together, the longest."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    words = (r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])", re.IGNORECASE)
