"""Result files are read in child processes: this is what verbs call."""

from services.integrations.formats.faults import ResultFileUnreadable
from shared.children.task import MEBIBYTE, ChildTask, Limits

# Two at once, as many as a process has jobs in hand: none of them waits for another.
READING = ChildTask(
    module="services.integrations.formats.reading",
    function="read",
    doing="Reading a result file",
    limits=Limits(memory=512 * MEBIBYTE, processor_seconds=120, elapsed_seconds=300, answer=128 * MEBIBYTE),
    refuses=(ResultFileUnreadable,),
    at_once=2,
)
