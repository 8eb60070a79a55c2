"""The verb of an extension."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.populations.models import Population
from services.audit.sampling.sample_extensions.schemas import ExtensionDraft
from services.audit.sampling.sample_items.actions import join
from services.audit.sampling.sample_items.queries import next_in_reserve
from services.audit.sampling.sample_sizes.rules import size_for
from services.audit.sampling.samples.actions import event_fields, items_digest, locked_sample
from services.audit.sampling.samples.models import ItemOrigin, ItemStatus, Sample, SampleStatus
from services.audit.sampling.samples.queries import item_counts
from services.audit.sampling.samples.rules import plan_of
from services.audit.sampling.samples.schemas import SampleDesign
from services.audit.sampling.selections.rules import SelectionMethod
from shared.data.records import found
from shared.events.catalogue.sampling import SampleExtended
from shared.events.trail import announce
from shared.identity.callers import Caller
from shared.problems import Conflict, Fault, Invalid, not_allowed

_WITH_ORDER = frozenset({SelectionMethod.RANDOM, SelectionMethod.STRATIFIED})
_EXTENDABLE = frozenset({SampleStatus.DRAWN, SampleStatus.RELEASED, SampleStatus.TESTING})


class AlreadyExtended(Conflict):
    """The sample was extended once, and is not extended again."""


class NotExtendable(Conflict):
    """Only a random sample, and a stratum of a stratified one, has an order that goes on."""


async def extend(
    session: AsyncSession, sample_id: UUID, *, draft: ExtensionDraft, caller: Caller, at: datetime
) -> None:
    """Let the items that follow in the draw order join a random sample, or a stratified one in a stratum, once.

    `AlreadyExtended`: to extend until the result is good is no sampling. `NotExtendable` for other selections.
    `Invalid` for more items than follow, and where no size is given and none follows from the design.
    """
    sample, by = await locked_sample(session, sample_id, caller), caller.actor
    if sample.status not in _EXTENDABLE:
        raise not_allowed("extend", sample.status, ["draw"] if sample.status == SampleStatus.DESIGNED else [])
    if sample.extension is not None:
        raise AlreadyExtended("Conclude on the deviations found, or void the sample with a reason.")
    if sample.method not in _WITH_ORDER:
        raise NotExtendable(f"A {sample.method} selection has no order in which it could go on.")
    _check_stratum(SelectionMethod(sample.method), draft)
    size = draft.size or await _size_by_design(session, sample)
    following = await next_in_reserve(session, sample_id, draft.stratum, size)
    if len(following) < size:
        fault = Fault("/size", f"{len(following)} items follow in the order")
        raise Invalid("So many items do not follow.", faults=[fault])
    for row in following:
        join(session, sample, row, origin=ItemOrigin.EXTENSION, replaces=None, at=at)
    extension = {"size": size, "stratum": draft.stratum, "reason": draft.reason}
    sample.extension = {**extension, "by": by.recorded, "at": at.isoformat()}
    event = SampleExtended(**event_fields(sample), items_sha256=items_digest(row.key for row in following))
    announce(session, event, about=sample, by=by, at=at, reason=draft.reason)


def _check_stratum(method: SelectionMethod, draft: ExtensionDraft) -> None:
    """`Invalid` for a stratified sample without stratum and size, and for a stratum of any other."""
    if method == SelectionMethod.STRATIFIED:
        given = {"stratum": draft.stratum, "size": draft.size}
        faults = [Fault(f"/{name}", "required: its strata are extended apart") for name in given if given[name] is None]
    else:
        faults = [Fault("/stratum", f"a {method} sample has none")] if draft.stratum is not None else []
    if faults:
        raise Invalid("The extension does not fit the selection.", faults=faults)


async def _size_by_design(session: AsyncSession, sample: Sample) -> int:
    """As many more items as the plan needs for the deviations found; at least one was found."""
    attributes = SampleDesign.model_validate(sample.design).by_attributes
    counts = await item_counts(session, sample.id)
    deviations = counts[ItemStatus.DEVIATION] + counts[ItemStatus.UNAVAILABLE]
    population = await found(session, Population, sample.population_id)
    needed = None
    if attributes is not None and deviations and population is not None:
        needed = size_for(plan_of(attributes, population.row_count), deviations)
    if needed is None or needed <= sample.size:
        fault = Fault("/size", "required: no size follows from the design and the deviations found")
        raise Invalid("How many more?", faults=[fault])
    return needed - sample.size
