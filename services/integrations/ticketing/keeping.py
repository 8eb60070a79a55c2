"""Doing a piece of work outside: test a connection, open a ticket once, keep one in step. No database here."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from services.integrations.ticketing.adapter import Adapter
from services.integrations.ticketing.adapters import adapter_at
from services.integrations.ticketing.fields.models import FieldResult, FieldState
from services.integrations.ticketing.fields.rules import agreed, decide, theirs_of
from services.integrations.ticketing.terms.models import Category, FieldName, Outside, Refused, TicketCode
from services.integrations.ticketing.terms.rules import PASSING
from services.integrations.ticketing.work.models import Claimed, Done, Task
from shared.outbound.addresses import Reach

_log = logging.getLogger(__name__)
# What says no more of a field than that it was not written, and passes or concerns all of the connection.
_NOT_OF_A_FIELD = PASSING | {TicketCode.UNAUTHORIZED, TicketCode.NOT_FOUND, TicketCode.ADDRESS_NOT_ALLOWED}
Fields = Mapping[FieldName, FieldState]


@dataclass(slots=True)
class _Kept:
    """What has been found out and done so far."""

    account: str | None = None
    outside: Outside | None = None
    fields: Fields | None = None
    is_capped: bool = False


async def do(claimed: Claimed, reach: Reach) -> Done:
    """Do a piece of work. Whatever happens, something came of it."""
    adapter, kept, refused = adapter_at(claimed.place, reach), _Kept(), None
    try:
        await _work(adapter, claimed, kept)
    except Refused as error:
        refused = error
    except Exception:  # noqa: BLE001 - one ticket must not keep the others waiting
        _log.exception("ticket %s of connection %s could not be worked on", claimed.ticket_id, claimed.connection_id)
        refused = Refused(TicketCode.UNREADABLE)
    return Done(
        claimed=claimed,
        calls=adapter.calls.made,
        writes=adapter.calls.writes,
        account=kept.account,
        outside=kept.outside,
        fields=claimed.fields if kept.fields is None else kept.fields,
        refused=refused,
        is_capped=kept.is_capped,
    )


async def _work(adapter: Adapter, claimed: Claimed, kept: _Kept) -> None:
    if claimed.task == Task.TEST:
        kept.account = await adapter.account()
    elif claimed.task == Task.OPEN:
        await _open(adapter, claimed, kept)
    else:
        await _keep(adapter, claimed, kept)


async def _open(adapter: Adapter, claimed: Claimed, kept: _Kept) -> None:
    """Look for the ticket by its marker, and make it where it is not there yet."""
    content, since = claimed.content, claimed.since
    if content is None or since is None:
        raise AssertionError("what is to be opened has a content")
    found = await adapter.find(content.marker, since=since)
    kept.outside = found or await adapter.create(content)
    sent = {
        FieldName.TITLE: content.title,
        FieldName.DUE_ON: content.due_on.isoformat() if content.due_on else None,
        FieldName.STATE: str(Category.OPEN),
    }
    fields = {}
    for name in sorted(adapter.fields):
        seen = theirs_of(kept.outside, name)
        if not found:
            fields[name] = agreed(sent[name], seen)
        elif name == FieldName.STATE:
            # It was made open: when it is closed now, that is a change of theirs.
            fields[name] = FieldState(sent[name], sent[name], seen)
        else:
            # Of a ticket that was found nobody knows what was sent: what differs from it is written.
            fields[name] = agreed(seen, seen)
    kept.fields = fields


async def _keep(adapter: Adapter, claimed: Claimed, kept: _Kept) -> None:
    """Look at the ticket, write what is to be written, and look again at what the system made of it."""
    key, ours = claimed.outside_id, claimed.ours
    if key is None or ours is None:
        raise AssertionError("what is kept in step is there")
    kept.outside = outside = await adapter.read(key)
    fields, wanted = _decided(adapter, claimed, outside)
    kept.fields = fields
    if not wanted:
        return
    if not claimed.may_write:
        kept.fields = fields | {name: fields[name].standing(FieldResult.CAPPED) for name in wanted}
        kept.is_capped = True
        return
    refusals = await _write(adapter, key, wanted)
    kept.outside = outside = await adapter.read(key)
    written = {name: agreed(value, theirs_of(outside, name)) for name, value in wanted.items()}
    for name, refused in refusals.items():
        state = FieldState(wanted[name], theirs_of(outside, name), theirs_of(outside, name))
        written[name] = state.standing(FieldResult.REFUSED, refused.detail or refused.code)
    kept.fields = fields | written


def _decided(
    adapter: Adapter, claimed: Claimed, outside: Outside
) -> tuple[dict[FieldName, FieldState], dict[FieldName, str | None]]:
    """Each field as it stands now, and the values that are to be written."""
    fields: dict[FieldName, FieldState] = {}
    wanted: dict[FieldName, str | None] = {}
    touched = outside.updated_at != claimed.updated_outside_at
    for name in sorted(adapter.fields):
        ours, theirs = claimed.ours.of(name) if claimed.ours else None, theirs_of(outside, name)
        known = claimed.fields.get(name) or FieldState(theirs, theirs, theirs)
        if name == FieldName.STATE and outside.category is None:
            fields[name] = known.standing(FieldResult.UNMAPPED, outside.status)
            continue
        writes, fields[name] = decide(claimed.directions[name], known, ours, theirs, touched=touched)
        if writes:
            wanted[name] = ours
    return fields, wanted


async def _write(adapter: Adapter, key: str, wanted: Mapping[FieldName, str | None]) -> dict[FieldName, Refused]:
    """Write fields and state; what the system took not at all. Of several fields each is tried alone then."""
    plain: dict[FieldName, str | None] = {name: wanted[name] for name in wanted if name != FieldName.STATE}
    refusals: dict[FieldName, Refused] = {}
    together = [plain] if plain else []
    while together:
        values = together.pop()
        try:
            await adapter.set_fields(key, values)
        except Refused as refused:
            if refused.code in _NOT_OF_A_FIELD:
                raise
            if len(values) > 1:
                together += [{name: value} for name, value in values.items()]
            else:
                refusals |= dict.fromkeys(values, refused)
    if FieldName.STATE in wanted:
        try:
            await adapter.set_state(key, Category(str(wanted[FieldName.STATE])))
        except Refused as refused:
            if refused.code in _NOT_OF_A_FIELD:
                raise
            refusals[FieldName.STATE] = refused
    return refusals
