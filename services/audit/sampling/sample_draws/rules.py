"""Whether two draws are the same. Pure."""

from collections.abc import Sequence
from itertools import zip_longest

from services.audit.sampling.sample_draws.schemas import DrawDifference


def first_difference(kept: Sequence[str], drawn_again: Sequence[str]) -> DrawDifference | None:
    """The first place at which two orders of keys differ, or one of them ends; None when they are the same."""
    for place, (before, now) in enumerate(zip_longest(kept, drawn_again), start=1):
        if before != now:
            return DrawDifference(place=place, kept=before, drawn_again=now)
    return None
