from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ARRAY, DateTime, Uuid, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.evidence.collecting.collections.models import CollectedItem
from services.evidence.collecting.expectations.models import EvidenceKind
from services.evidence.intake.files.models import File
from services.evidence.items.evidence.models import Item, ReviewStatus, Tag
from services.evidence.items.evidence.schemas import TagName
from services.evidence.items.proofs.models import Freshness, Proof
from services.evidence.items.proofs.rules import FRESHNESS
from services.evidence.items.search.queries import has_beginnings, has_words
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, NotAFilter, Where
from shared.data.reads import Listing, One
from shared.http.fields import AsOf, AsOfQuery, Search, UpdatedSince

_I = table_of(Item).c
_P = table_of(Proof).c
_F = table_of(File).c
_L = table_of(CollectedItem).c
_T = table_of(Tag).c

_AS_OF = bindparam("as_of", type_=DateTime(timezone=True))

_COUNTS = and_(_I.status == ReviewStatus.ACCEPTED.value, or_(_P.ended_at.is_(None), _P.ended_at > _AS_OF))
_FRESHNESS = case((_COUNTS, FRESHNESS.case(_P, _AS_OF)))
_FIRST = {name: func.min(_P[name]) for name in ("expiring_from", "valid_until")}
_WORST = (
    select(case((func.count() > 0, FRESHNESS.case(_FIRST, _AS_OF))))
    .where(_P.item_id == _I.id, _COUNTS)
    .correlate(table_of(Item))
    .scalar_subquery()
)
_PROOF = func.json_build_object(
    "expectation_id",
    _P.expectation_id,
    "control_id",
    _P.control_id,
    "valid_until",
    _P.valid_until,
    "freshness",
    _FRESHNESS,
    "superseded_by",
    _P.superseded_by,
)
_PROOFS = (
    select(func.json_agg(aggregate_order_by(_PROOF, _P.expectation_id)))
    .where(_P.item_id == _I.id)
    .correlate(table_of(Item))
    .scalar_subquery()
)
_FILE = (
    select(
        func.json_build_object(
            "id", _F.id, "sha256", _F.sha256, "size", _F.size, "media_type", _F.media_type, "name", _F.name
        )
    )
    .where(_F.id == _I.file_id)
    .correlate(table_of(Item))
    .scalar_subquery()
)
_COLLECTIONS = (
    select(func.json_agg(aggregate_order_by(_L.collection_id, _L.collection_id)))
    .where(_L.item_id == _I.id)
    .correlate(table_of(Item))
    .scalar_subquery()
)

_TAGS = (
    select(func.json_agg(aggregate_order_by(_T.tag, _T.tag)))
    .where(_T.item_id == _I.id)
    .correlate(table_of(Item))
    .scalar_subquery()
)

SUMMARY = select(
    _I.id,
    _I.title,
    _I.kind,
    _I.source,
    _I.collected_at,
    _I.covers_from,
    _I.covers_until,
    _I.status,
    _WORST.label("freshness"),
    _I.submitter,
    _I.reviewer,
    _I.reviewed_at,
    _I.review_reason,
    _I.number,
    _I.replaces_id,
    _I.replaced_by_id,
    func.coalesce(_TAGS, func.json_build_array()).label("tags"),
    _I.disposed_at,
    _I.version,
    _I.created_at,
    _I.updated_at,
)

WORDS = ClientWords(
    *("title", "source", "review_reason", "tags", "file", "url", "record", "statement", "attestor_role")
)

item = One(
    "evidence",
    SUMMARY.add_columns(
        _FILE.label("file"),
        _I.url,
        _I.record,
        _I.record_schema_ids,
        _I.statement,
        case((_I.kind == EvidenceKind.ATTESTATION.value, _I.submitter)).label("attestor"),
        _I.attestor_role,
        func.coalesce(_PROOFS, func.json_build_array()).label("proofs"),
        func.coalesce(_COLLECTIONS, func.json_build_array()).label("collection_ids"),
    ),
    by=_I.id,
    query=AsOfQuery,
    names_controls=WORDS,
)

existing = One("evidence", select(_I.id, _I.version), by=_I.id)

# Its own evidence may be gone while other evidence still has the bytes.
_DISPOSED = func.coalesce(_I.disposed_at, _F.disposed_at).label("disposed_at")

content = One(
    "file of evidence",
    select(_F.org_id, _F.sha256, _F.size, _F.media_type, _F.name, _F.scan, _F.finding, _DISPOSED, _F.version).join(
        table_of(Item), _I.file_id == _F.id
    ),
    by=_I.id,
    names_controls=ClientWords("name"),
)


class EvidenceQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "covers_until", "-covers_until"] = (
        "-created_at"
    )
    status: ReviewStatus | None = None
    freshness: Freshness | None = Field(default=None, description="The worst of the proofs that count, as of `as_of`")
    as_of: AsOf = Field(description="Freshness as of this instant; now when left out")
    control_id: Annotated[
        UUID | None, Where(lambda value: _I.id.in_(select(_P.item_id).where(_P.control_id == value)))
    ] = None
    expectation_id: Annotated[
        UUID | None, Where(lambda value: _I.id.in_(select(_P.item_id).where(_P.expectation_id == value)))
    ] = None
    tag: Annotated[TagName | None, Where(lambda value: _I.id.in_(select(_T.item_id).where(_T.tag == value)))] = None
    q: Annotated[Search | None, NotAFilter()] = Field(
        default=None,
        description="Words in title, text, source, file name, record and tags; the last may be a beginning",
    )
    updated_since: UpdatedSince = None


# What `q` is made into: items when few have all its words, the words and beginnings of words when many do.
_SEARCHED = {
    "ids": _I.id == func.any(bindparam("ids", type_=ARRAY(Uuid()))),
    "words": has_words(_I.id),
    "beginnings": has_beginnings(_I.id),
}

items = Listing(SUMMARY, id=_I.id, query=EvidenceQuery, given=_SEARCHED, names_controls=WORDS)
