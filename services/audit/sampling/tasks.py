"""What this area does in child processes, with its limits: reading a population, and selecting from a frame."""

from shared.children.task import MEBIBYTE, ChildTask, Limits
from shared.problems import Invalid
from shared.tables.formats import UnreadableTable


class HeadingMissing(Invalid):
    """The file has no such heading."""


class CannotSelect(Invalid):
    """The frame does not allow this selection."""


# Two of each, as many as a process has jobs in hand: none of them waits for another.
FREEZING = ChildTask(
    module="services.audit.sampling.freezing.rules",
    function="freeze",
    doing="Reading a population",
    limits=Limits(memory=768 * MEBIBYTE, processor_seconds=240, elapsed_seconds=600, answer=1024 * MEBIBYTE),
    refuses=(UnreadableTable, HeadingMissing),
    at_once=2,
)
SELECTING = ChildTask(
    module="services.audit.sampling.selections.rules",
    function="select",
    doing="Drawing a sample",
    limits=Limits(memory=768 * MEBIBYTE, processor_seconds=240, elapsed_seconds=600),
    refuses=(CannotSelect,),
    at_once=2,
)
