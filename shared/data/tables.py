"""The tables that every service has: its trail (which is its outbox) and heads, inbox, dead letters, stored answers.

Their DDL is in `shared.data.platform`; these are for building statements.
"""

from sqlalchemy import BigInteger, Column, DateTime, Integer, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger, primary_key=True),
    Column("id", Uuid),
    Column("org_id", Uuid),
    Column("type", Text),
    Column("subject", Uuid),
    Column("version", Integer),
    Column("actor", Text),
    Column("reason", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("data", JSONB),
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
    Column("position", BigInteger),
    Column("digest", LargeBinary),
    Column("sealed_at", DateTime(timezone=True)),
)

witnessed_heads = Table(
    "witnessed_heads",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("org_id", Uuid),
    Column("service", Text),
    Column("witness", Text),
    Column("position", BigInteger),
    Column("digest", LargeBinary),
    Column("heard_at", DateTime(timezone=True)),
)

head_timestamps = Table(
    "head_timestamps",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("org_id", Uuid),
    Column("position", BigInteger),
    Column("digest", LargeBinary),
    Column("authority", Text),
    Column("token", LargeBinary),
    Column("stamped_at", DateTime(timezone=True)),
)

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("org_id", Uuid),
    Column("type", Text),
    Column("handled_at", DateTime(timezone=True)),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("org_id", Uuid),
    Column("event_id", Uuid),
    Column("type", Text),
    Column("subject", Text),
    Column("body", Text),
    Column("reason", Text),
    Column("deliveries", Integer),
    Column("version", Integer),
    Column("buried_at", DateTime(timezone=True)),
    Column("state", Text, default="waiting"),
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
    Column("fingerprint", LargeBinary),
    Column("status", Integer),
    Column("answer", LargeBinary),
    Column("created_at", DateTime(timezone=True)),
)
