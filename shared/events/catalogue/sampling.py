"""What the audit service announces of populations and samples, in the firm's own chain.

The order of these events proves that a population was frozen before its seed was made, and the seed before the draw.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class SamplingPolicySet(Event):
    """The firm has set the sizes of its samples by frequency, for samples that are designed from now on."""

    name: ClassVar[str] = "audit.sampling_policy.set"


class _Population(Event):
    """Every event about a population says which version of which series, of what days, with the digests it has so far.

    `file_sha256` is of the bytes as given, `frame_sha256` of the frame that samples are drawn from. Days are included.
    """

    engagement_id: UUID
    series_id: UUID
    number: int
    control_id: UUID | None
    title: str
    first_day: date
    last_day: date
    file_sha256: str | None
    frame_sha256: str | None
    row_count: int | None


class PopulationAsked(_Population):
    """A population, or another version of it, was asked for."""

    name: ClassVar[str] = "audit.population.asked"


class PopulationRevised(_Population):
    """What is asked for or where it comes from changed, or a file was not read for want of a heading."""

    name: ClassVar[str] = "audit.population.revised"


class PopulationReceived(_Population):
    """A file was given, and is kept as it was."""

    name: ClassVar[str] = "audit.population.received"


class PopulationRejected(_Population):
    """The file has faults, and is not kept."""

    name: ClassVar[str] = "audit.population.rejected"


class PopulationFrozen(_Population):
    """The rows of the file became a frame that nobody changes any more."""

    name: ClassVar[str] = "audit.population.frozen"


class PopulationFoundReliable(_Population):
    """Somebody else than who froze it concluded that it is complete and accurate; the reason is the conclusion."""

    name: ClassVar[str] = "audit.population.found_reliable"


class PopulationFoundUnreliable(_Population):
    """Somebody else than who froze it concluded that it is not complete or not accurate."""

    name: ClassVar[str] = "audit.population.found_unreliable"


class PopulationSuperseded(_Population):
    """A later version was frozen in its place."""

    name: ClassVar[str] = "audit.population.superseded"


class _Sample(Event):
    """Every event about a sample says its population and control, how it is selected, and its seed if it has one."""

    engagement_id: UUID
    population_id: UUID
    control_id: UUID
    method: str
    size: int
    seed: str | None
    draw_number: int | None


class SampleDesigned(_Sample):
    """How many items are tested, and how they are selected, was decided."""

    name: ClassVar[str] = "audit.sample.designed"


class SampleSeeded(_Sample):
    """The seed was made or given: from now on nobody chooses the items."""

    name: ClassVar[str] = "audit.sample.seeded"


class SampleDrawn(_Sample):
    """The items were selected. `items_sha256` is of their keys in order, each followed by a line feed, in UTF-8."""

    name: ClassVar[str] = "audit.sample.drawn"

    frame_sha256: str
    items_sha256: str


class SampleReleased(_Sample):
    """The items may be asked for at the client."""

    name: ClassVar[str] = "audit.sample.released"


class SampleExtended(_Sample):
    """More items of the same draw order joined the sample, for a reason that was given before they were known."""

    name: ClassVar[str] = "audit.sample.extended"

    items_sha256: str


class SampleEvaluated(_Sample):
    """Every item was decided. What the deviations mean is for the test of the control to say."""

    name: ClassVar[str] = "audit.sample.evaluated"

    tested: int
    deviations: int


class SampleVoided(_Sample):
    """The sample does not stand any longer, for a reason. It stays on record and counts among the draws made."""

    name: ClassVar[str] = "audit.sample.voided"


class SampleItemDecided(Event):
    """An item was tested, found not to be one that the procedure applies to, or could not be tested."""

    name: ClassVar[str] = "audit.sample_item.decided"

    engagement_id: UUID
    sample_id: UUID
    place: int
    status: str


class SampleItemReplaced(Event):
    """The item that follows in the order took the place of one that the procedure does not apply to."""

    name: ClassVar[str] = "audit.sample_item.replaced"

    engagement_id: UUID
    sample_id: UUID
    place: int
    replaces_id: UUID
