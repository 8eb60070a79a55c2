"""Words as people write them in tables: any case, any punctuation, and synonyms."""

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches

_NUMBER_SIGN = re.compile(r"[#№]")
_APART = re.compile(r"[\W_]+")
_LONGEST = 100  # characters of a cell that is compared with words


def plain(text: str) -> str:
    """The text in lower case with single spaces between its words: `Control #` and `CONTROL_NUMBER` are equal."""
    folded = unicodedata.normalize("NFKC", _NUMBER_SIGN.sub(" number ", text)).casefold()
    return _APART.sub(" ", folded).strip()


class Words:
    """The words that a column takes, each with its synonyms, apart by `|`. `noun` names one of them in a fault."""

    def __init__(self, noun: str, meanings: Mapping[str, str]) -> None:
        self._noun = noun
        self._words = list(meanings)
        self._meanings = {plain(text): word for word, texts in meanings.items() for text in (word, *texts.split("|"))}

    def meaning(self, text: str) -> str | None:
        """The word that a text means; None when it means none."""
        return self._meanings.get(plain(text))

    def refusal(self, text: str) -> str:
        """What to say of a text that means no word, with the nearest one."""
        nearest = get_close_matches(plain(text)[:_LONGEST], self._meanings, n=1)
        hint = f"did you mean {self._meanings[nearest[0]]}?" if nearest else f"it is one of {', '.join(self._words)}."
        return f"'{text[:_LONGEST]}' is no {self._noun}; {hint}"
