"""The tables that every service has: its trail (which is its outbox) and heads, inbox, dead letters, stored answers.

Their DDL is in `shared.data.platform`; these are for building statements.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger, primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("org_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("person", Uuid),
    Column("person_name", Text),
    Column("client", Uuid),
    Column("client_name", Text),
    Column("firm", Uuid),
    Column("reason", Text),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("data", JSONB, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("cause", Uuid),
    Column("traceparent", Text),
    Column("published_at", DateTime(timezone=True)),
    Column("position", BigInteger),
    Column("digest", LargeBinary),
)

trail_heads = Table(
    "trail_heads",
    metadata,
    Column("org_id", Uuid, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
)

witnessed_heads = Table(
    "witnessed_heads",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("org_id", Uuid, nullable=False),
    Column("service", Text, nullable=False),
    Column("witness", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("heard_at", DateTime(timezone=True), nullable=False),
)

head_timestamps = Table(
    "head_timestamps",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("org_id", Uuid, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("authority", Text, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("stamped_at", DateTime(timezone=True), nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("org_id", Uuid, nullable=False),
    Column("type", Text, primary_key=True),
    Column("handled_at", DateTime(timezone=True), nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("org_id", Uuid, nullable=False),
    Column("event_id", Uuid),
    Column("type", Text),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("deliveries", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("buried_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, default="waiting", nullable=False),
    Column("settled_at", DateTime(timezone=True)),
    Column("settled_by", Text),
    Column("settled_reason", Text),
)

stored_answers = Table(
    "stored_answers",
    metadata,
    Column("org_id", Uuid, primary_key=True),
    Column("caller", Text, primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

token_withdrawals = Table(
    "token_withdrawals",
    metadata,
    Column("org_id", Uuid, primary_key=True),
    Column("thing", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("heard_at", DateTime(timezone=True), nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("org_id", Uuid, nullable=False),
    Column("engagement_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("input", JSONB, nullable=False),
    Column("path", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("started_by", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", Double, nullable=False),
    Column("kept", JSONB(none_as_null=True)),
    Column("result", JSONB(none_as_null=True)),
    Column("location", Text),
    Column("problem", JSONB(none_as_null=True)),
    Column("attempt", Integer, nullable=False),
    Column("due_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
)

job_inputs = Table(
    "job_inputs",
    metadata,
    Column("org_id", Uuid, nullable=False),
    Column("job_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# For services that import tables: the id follows from the organisation, what the table is of, and the set of headings.
kept_headings = Table(
    "kept_headings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("org_id", Uuid, nullable=False),
    Column("headings", ARRAY(Text), nullable=False),
    Column("columns", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

known_people = Table(
    "known_people",
    metadata,
    Column("org_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("emails", ARRAY(Text), nullable=False),
    Column("status", Text, nullable=False),
    Column("left_on", Date),
    Column("roles", ARRAY(Text), nullable=False),
    Column("acts_until", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
)
