"""Every fault of a document, all at once, each with its place."""

from shared.problems import MOST_FAULTS, Fault, Invalid, Malformed

# A place in a document: the place around it and the member or index there. None is the document itself.
Place = tuple["Place", str | int] | None


class DocumentUnreadable(Malformed):
    """The document cannot be read."""


class DocumentInvalid(Invalid):
    """The document is not valid."""


class Faults:
    """Collects what is wrong: as many as an answer lists are kept, and the rest is counted unless somebody stops."""

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
            raise DocumentInvalid(self._detail(), faults=self.kept, more_faults=self.count - len(self.kept))

    def _detail(self) -> str:
        if self.stopped:
            return f"The document has more than {MOST_FAULTS} faults. Nothing was imported."
        here = "1 fault" if self.count == 1 else f"{self.count:,} faults"
        return f"The document has {here}. Nothing was imported."


def pointer(place: Place) -> str:
    """The JSON pointer (RFC 6901) of a place."""
    steps: list[str] = []
    while place is not None:
        place, step = place
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in reversed(steps))
