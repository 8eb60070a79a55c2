"""Every fault of a document, all at once, each with its place."""

from shared.problems import Fault, Invalid, Malformed

MOST_FAULTS = 1_000

# A place in a document: the place around it and the member or index there. None is the document itself.
Place = tuple["Place", str | int] | None


class DocumentUnreadable(Malformed):
    """The document cannot be read."""


class DocumentInvalid(Invalid):
    """The document is well formed but not valid."""


class Faults:
    """Collects what is wrong; the first thousand are kept, the rest counted, or left alone by who stops looking."""

    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.count = 0
        self.stopped = False

    @property
    def full(self) -> bool:
        """Whether more of them would only be counted."""
        return len(self.kept) == MOST_FAULTS

    def add(self, pointer: str, detail: str) -> None:
        self.count += 1
        if len(self.kept) < MOST_FAULTS:
            self.kept.append(Fault(pointer, detail))

    def refuse_if_any(self) -> None:
        """`DocumentInvalid` with all that was found, if anything was."""
        if self.count:
            raise DocumentInvalid(self._told(), faults=self.kept)

    def _told(self) -> str:
        here = "1 fault" if self.count == 1 else f"{self.count:,} faults"
        more = self.count - len(self.kept)
        rest = f"; the first {len(self.kept):,} are listed, and there are {more:,} more" if more else ""
        if self.stopped:
            return f"The document has more than {MOST_FAULTS:,} faults; the first are listed. Nothing was imported."
        return f"The document has {here}{rest}. Nothing was imported."


def pointer(place: Place) -> str:
    """The JSON pointer (RFC 6901) of a place."""
    steps: list[str] = []
    while place is not None:
        place, step = place
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in reversed(steps))
