"""Records are checked in child processes: this is what verbs call."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.evidence.records.problems import RecordSchemaUnusable
from shared.children.pool import Children
from shared.children.task import MEBIBYTE, ChildTask, Limits
from shared.problems import Fault

_LIMITS = Limits(memory=256 * MEBIBYTE, processor_seconds=1, elapsed_seconds=10, answer=MEBIBYTE)

# Both are called in a transaction, so that few may wait with a connection in their hands.
COMPILING = ChildTask(
    module="services.evidence.records.checking",
    function="compile_schema",
    doing="Compiling a record schema",
    limits=_LIMITS,
    refuses=(RecordSchemaUnusable,),
    waiting=4,
)
CHECKING = ChildTask(
    module="services.evidence.records.checking",
    function="check_record",
    doing="Checking a record against its schemas",
    limits=_LIMITS,
    at_once=2,
    waiting=4,
)


async def refuse_unusable(children: Children, org_id: UUID, document: dict[str, Any]) -> None:
    """`RecordSchemaUnusable` when the document is no JSON Schema, or one that leads outside."""
    await children.run(COMPILING, org_id, document)


async def faults_of_record(
    children: Children, org_id: UUID, record: dict[str, Any], schemas: Sequence[dict[str, Any]]
) -> list[Fault]:
    """What in the record does not fit one of the schemas, with pointers into the record; `LimitExceeded`."""
    (faults,) = await children.run(CHECKING, org_id, {"record": record, "schemas": list(schemas)})
    return [Fault(pointer, detail) for pointer, detail in json.loads(faults)]
