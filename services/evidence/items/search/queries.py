"""What a search looks for, and where to begin looking.

When few items have all the words of a search, these are named. When many do, a page is soon full, and each item in the
list's order is asked whether it has them. Either way a statement has one plan, and neither depends on the planner to
know how common a word is (docs/decisions/0015).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, and_, bindparam, column, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.items.search.models import Word
from shared.data.base import table_of

Term = Callable[[ColumnElement[str]], ColumnElement[bool]]
Fits = Callable[[ColumnElement[str], Any], ColumnElement[bool]]

_WORDS = table_of(Word)
_W = _WORDS.c
_RARE = 2000
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Sought:
    """The words of a search, and words that begin as what is still being typed does. `ids` when they are few."""

    words: Sequence[str]
    beginnings: Sequence[str]
    ids: Sequence[UUID] | None

    def filters(self) -> dict[str, Any]:
        """The values of the filters of a list of items."""
        if self.ids is not None:
            return {"ids": self.ids}
        return {"words": self.words or None, "beginnings": self.beginnings or None}


async def search_terms(session: AsyncSession, q: str, *, narrow: bool = True) -> Sought:
    """The words of `q`, found in it as they are in items; the last one may be the beginning of one.

    Without `narrow` no items are named: the session does not see those that are searched.
    """
    whole, _, last = q.rpartition(" ")
    words, beginnings = (await session.execute(select(_words_in(whole), _words_in(last)))).one()
    terms: list[Term] = [partial(_is, other=word) for word in words]
    terms += [partial(_begins, beginning=beginning) for beginning in beginnings]
    if not terms:
        return Sought(words, beginnings, [])
    if not narrow:
        return Sought(words, beginnings, None)
    rarest, *others = await _rarest_first(session, terms)
    found = select(_W.item_id).where(rarest(_W.word), *(_beside(other) for other in others)).limit(_RARE + 1)
    ids = (await session.scalars(found)).all()  # not made distinct there, which would look at all before the limit
    return Sought(words, beginnings, list(set(ids)) if len(ids) <= _RARE else None)


def has_words(item_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether an item has each of the parameter `words`."""
    return ~_missing("words", _is, item_id)


def has_beginnings(item_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether an item has a word that begins as each of the parameter `beginnings` does."""
    return ~_missing("beginnings", _begins, item_id)


def _missing(parameter: str, fits: Fits, item_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    asked = func.unnest(bindparam(parameter, type_=ARRAY(Text()))).table_valued(column("word", Text()))
    asked = asked.render_derived(name=parameter)
    here = select(_W.word).where(_W.item_id == item_id, fits(_W.word, asked.c.word)).correlate(asked, item_id.table)
    return select(asked.c.word).where(~here.exists()).correlate(item_id.table).exists()


def _is(word: ColumnElement[str], other: str | ColumnElement[str]) -> ColumnElement[bool]:
    return word == other


def _begins(word: ColumnElement[str], beginning: str | ColumnElement[str]) -> ColumnElement[bool]:
    return and_(word >= beginning, word < func.concat(beginning, _LAST))


def _beside(term: Term) -> ColumnElement[bool]:
    """Whether the item of a word has another one, too."""
    other = _WORDS.alias()
    return select(other.c.word).where(other.c.item_id == _W.item_id, term(other.c.word)).correlate(_WORDS).exists()


def _words_in(text: str) -> ColumnElement[list[str]]:
    return func.tsvector_to_array(func.to_tsvector("simple", text), type_=ARRAY(Text()))


async def _rarest_first(session: AsyncSession, terms: Sequence[Term]) -> list[Term]:
    """The terms, each counted as far as it matters."""
    if len(terms) == 1:
        return list(terms)
    counts = [
        select(func.count())
        .select_from(select(literal(1)).select_from(_WORDS).where(term(_W.word)).limit(_RARE + 1).subquery())
        .scalar_subquery()
        for term in terms
    ]
    counted = (await session.execute(select(*counts))).one()
    return [term for _, term in sorted(zip(counted, terms, strict=True), key=lambda pair: pair[0])]
