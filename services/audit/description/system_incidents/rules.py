"""What makes an incident one for the system description (DC 200, DC4). Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from shared.problems import Fault


def faults_of(
    *, began_at: datetime, ended_at: datetime | None, control_ids: Sequence[UUID], commitment_ids: Sequence[UUID]
) -> Iterator[Fault]:
    """What is wrong with an incident: it ends after it begins, and comes from a control or misses a commitment."""
    if ended_at is not None and ended_at < began_at:
        yield Fault("/ended_at", "must not lie before began_at")
    if not control_ids and not commitment_ids:
        yield Fault("/control_ids", "required unless commitment_ids names a commitment that was not met")


def unknown(name: str, ids: Sequence[UUID], known: Collection[UUID]) -> Iterator[Fault]:
    """A fault for each of the ids that is not known."""
    for place, key in enumerate(ids):
        if key not in known:
            yield Fault(f"/{name}/{place}", f"unknown: {key}")
