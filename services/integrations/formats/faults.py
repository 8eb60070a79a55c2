"""Why a result file is refused, and where in it."""

from shared.problems import Fault, Invalid

_LONGEST_PLACE = 300  # characters


class ResultFileUnreadable(Invalid):
    """The result file cannot be read."""


def unreadable(place: str, detail: str) -> ResultFileUnreadable:
    """The refusal, with the place in the file: a JSON pointer, or an XML line and column."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in place[:_LONGEST_PLACE])
    return ResultFileUnreadable(f"At {shown}: {detail}." if shown else f"{detail}.", faults=[Fault(shown, detail)])


def pointer(path: tuple[str | int, ...]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
