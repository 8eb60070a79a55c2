"""What the evidence service announces of items besides their review and freshness, and of the schemas of records."""

from typing import ClassVar
from uuid import UUID

from shared.events.catalogue.evidence import AboutItem
from shared.events.event import Event


class EvidenceReplaced(AboutItem):
    """A corrected version was handed in; the reason says what was wrong. Accepted evidence counts until it is."""

    name: ClassVar[str] = "evidence.item.replaced"

    replaced_by: UUID


class EvidenceTagged(Event):
    """Evidence has these tags now, and no others."""

    name: ClassVar[str] = "evidence.item.tagged"

    title: str
    tags: list[str]


class RecordSchemaDefined(Event):
    """Records have to look like this to fit; it is one number of those with this code."""

    name: ClassVar[str] = "evidence.record_schema.defined"

    code: str
    number: int
    title: str
