"""Who changed a field, and what follows from it. Pure.

A change outside that is what we wrote is an echo: ours and theirs are the same, and nothing follows. What was agreed on
is kept for each side, since a system may make something else of what it is given: only what differs from that is a
change.
"""

from dataclasses import dataclass, replace
from datetime import date

from services.integrations.ticketing.fields.models import FieldResult, FieldState
from services.integrations.ticketing.terms.models import Category, FieldDirection, FieldName, Outside

OVER = frozenset({Category.DONE, Category.DROPPED})


@dataclass(frozen=True, slots=True)
class Ours:
    """What a ticket should say, as of now."""

    title: str
    due_on: date | None
    is_over: bool

    def of(self, name: FieldName) -> str | None:
        """The value of a field as it is compared."""
        if name == FieldName.TITLE:
            return self.title
        if name == FieldName.DUE_ON:
            return self.due_on.isoformat() if self.due_on else None
        return Category.DONE if self.is_over else Category.OPEN


def theirs_of(outside: Outside, name: FieldName) -> str | None:
    """The value of a field of a ticket as it is compared: its state is open or done."""
    if name == FieldName.TITLE:
        return outside.title
    if name == FieldName.DUE_ON:
        return outside.due_on.isoformat() if outside.due_on else None
    return Category.DONE if outside.category in OVER else Category.OPEN


def agreed(sent: str | None, seen: str | None) -> FieldState:
    """A field that was just written: what was sent, and what the system shows since."""
    return FieldState(sent, seen, seen, FieldResult.IN_STEP if sent == seen else FieldResult.ALTERED)


def decide(
    direction: FieldDirection, state: FieldState, ours: str | None, theirs: str | None, *, touched: bool
) -> tuple[bool, FieldState]:
    """Whether ours is to be written, and what is remembered until then.

    What was refused is tried again when the ticket was `touched` outside: another state may have other ways out.
    """
    state = replace(state, theirs=theirs)
    if direction == FieldDirection.IN:
        return False, FieldState(ours, theirs, theirs)
    if ours == theirs:
        return False, agreed(ours, theirs)
    ours_changed = ours != state.sent or (touched and state.result == FieldResult.REFUSED)
    theirs_changed = theirs != state.seen
    if direction == FieldDirection.OUT:
        return ours_changed or theirs_changed, state
    if state.result == FieldResult.CONFLICT or (ours_changed and theirs_changed):
        return False, state.standing(FieldResult.CONFLICT)
    if theirs_changed:
        return False, FieldState(ours, theirs, theirs)
    return ours_changed, state


def settled(state: FieldState, ours: str | None, *, keep_ours: bool) -> FieldState:
    """A conflict that a person decided: theirs stands, or ours is written over it at the next turn."""
    return FieldState(state.theirs if keep_ours else ours, state.theirs, state.theirs)
