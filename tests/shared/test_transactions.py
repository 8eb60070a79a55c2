"""What a transaction writes when it is concluded: each row once, and all its events in one statement."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from deploy.local.stack import Stack
from services.controls.app import SERVICE
from services.controls.testing.procedures import actions as procedures
from services.controls.testing.procedures.models import Procedure
from services.controls.testing.procedures.schemas import ProcedureDraft, ProcedureRevision
from shared.data.records import ANY_VERSION, found, lock_by_id, locked
from shared.data.sessions import Database, instant_of
from shared.data.tables import events
from shared.data.transactions import Written, raise_version
from shared.events.catalogue.procedures import ProcedureDefined, ProcedureRetired, ProcedureRevised
from shared.events.trail import announce, caused_by
from tests.support import acting, settings_of

AT = datetime(2026, 7, 1, tzinfo=UTC)
BY = acting("someone")


@pytest.fixture(scope="module")
async def database(stack: Stack) -> AsyncIterator[Database]:
    opened = Database(settings_of(stack, "controls"), SERVICE.recompute)
    yield opened
    await opened.close()


@pytest.fixture
def org_id() -> UUID:
    return uuid4()


async def defined(session: AsyncSession, code: str) -> Procedure:
    draft = ProcedureDraft(
        code=code, title="Inspect access", methods=["inspection"], steps=["Look."], expected_result="OK"
    )
    return await procedures.define(session, draft=draft, by=BY, at=AT)


async def recorded(database: Database, org_id: UUID) -> list[Any]:
    """The events of procedures; the service itself announces now and then how far it has sealed the trail."""
    of_procedures = select(events).where(events.c.type.startswith("controls.procedure.")).order_by(events.c.seq)
    async with database.transaction(org_id) as session:
        return list((await session.execute(of_procedures)).all())


@contextmanager
def statements() -> Iterator[list[str]]:
    """Each statement that this process sends meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


async def test_all_events_of_a_transaction_are_recorded_by_one_statement_after_its_rows(
    database: Database, org_id: UUID
) -> None:
    with statements() as sent:
        async with database.transaction(org_id) as session:
            made = [await defined(session, f"T-{number}") for number in range(5)]
    writing = [each.split()[2] for each in sent if each.lower().startswith("insert")]
    assert writing.count("events") == 1
    assert writing[-1] == "events"
    assert [each.subject for each in await recorded(database, org_id)] == [each.id for each in made]


async def test_a_version_rises_once_in_a_transaction_and_all_its_events_share_it(
    database: Database, org_id: UUID
) -> None:
    async with database.transaction(org_id) as session:
        made = await defined(session, "T-1")
    async with database.transaction(org_id) as session:
        began = instant_of(session)
        revision = ProcedureRevision(title="Inspect all access")
        await procedures.revise(session, made.id, revision=revision, expected=1, by=BY, at=AT)
        await session.flush()
        await procedures.retire(session, made.id, reason="Nobody needs it.", by=BY, at=AT)
    async with database.transaction(org_id) as session:
        row = await found(session, Procedure, made.id)
        assert row is not None
        assert (row.version, row.updated_at) == (2, began)
    first, revised, retired = await recorded(database, org_id)
    assert (first.version, first.before, first.after["title"]) == (1, None, "Inspect access")
    assert (revised.version, retired.version) == (2, 2)
    assert revised.before == retired.before == {"title": "Inspect access", "status": "draft"}
    assert revised.after == retired.after == {"title": "Inspect all access", "status": "retired"}
    assert (revised.reason, retired.reason) == (None, "Nobody needs it.")


async def test_what_is_new_and_changed_in_one_transaction_is_recorded_as_it_was_at_its_end(
    database: Database, org_id: UUID
) -> None:
    async with database.transaction(org_id) as session:
        made = await defined(session, "T-1")
        await session.flush()
        made.title = "Inspect all access"
    (event_,) = await recorded(database, org_id)
    assert (event_.version, event_.before, event_.after["title"]) == (1, None, "Inspect all access")


async def test_a_row_that_is_announced_or_marked_without_a_change_has_its_version_raised(
    database: Database, org_id: UUID
) -> None:
    async with database.transaction(org_id) as session:
        made = await defined(session, "T-1")
    async with database.transaction(org_id) as session:
        row = await locked(session, Procedure, made.id, noun="procedure", expected=1)
        announce(session, ProcedureRevised(code=row.code, title=row.title), about=row, by=BY, at=AT)
    async with database.transaction(org_id) as session:
        row = await locked(session, Procedure, made.id, noun="procedure", expected=2)
        raise_version(session, row)
    async with database.transaction(org_id) as session:
        assert (await locked(session, Procedure, made.id, noun="procedure", expected=3)).title == row.title
    assert [(each.version, each.before, each.after) for each in await recorded(database, org_id)][1:] == [(2, {}, {})]


async def test_what_a_statement_wrote_past_the_session_is_recorded_as_said(database: Database, org_id: UUID) -> None:
    subject, cause = uuid4(), uuid4()
    async with database.transaction(org_id) as session:
        about = Written(subject, 7, before={"at": AT}, after={"at": None})
        announce(session, ProcedureRetired(code="T-1", title="T"), about=about, by=BY, at=AT, cause=cause)
    (event_,) = await recorded(database, org_id)
    assert (event_.subject, event_.version, event_.cause) == (subject, 7, cause)
    assert (event_.before, event_.after) == ({"at": "2026-07-01T00:00:00Z"}, {"at": None})


async def test_the_cause_is_the_event_being_handled_unless_another_is_named(database: Database, org_id: UUID) -> None:
    handled, named = uuid4(), uuid4()
    event_ = ProcedureDefined(code="T-1", title="T")
    async with database.transaction(org_id) as session:
        with caused_by(session, handled):
            announce(session, event_, about=Written(uuid4(), 1), by=BY, at=AT)
            announce(session, event_, about=Written(uuid4(), 1), by=BY, at=AT, cause=named)
        announce(session, event_, about=Written(uuid4(), 1), by=BY, at=AT)
    assert [each.cause for each in await recorded(database, org_id)] == [handled, named, None]


async def test_nothing_is_recorded_of_what_is_rolled_back(database: Database, org_id: UUID) -> None:
    async def fail() -> None:
        async with database.transaction(org_id) as session:
            await defined(session, "T-1")
            raise RuntimeError("rolled back")

    with pytest.raises(RuntimeError, match="rolled back"):
        await fail()
    assert await recorded(database, org_id) == []


async def test_a_row_that_was_never_added_cannot_be_announced(database: Database, org_id: UUID) -> None:
    row = Procedure(
        org_id=org_id,
        code="T-1",
        title="T",
        methods=["inspection"],
        steps=["Look."],
        expected_result="OK",
        author=BY.recorded,
        created_at=AT,
        updated_at=AT,
    )
    with pytest.raises(RuntimeError, match="never added"):
        async with database.transaction(org_id) as session:
            announce(session, ProcedureDefined(code="T-1", title="T"), about=row, by=BY, at=AT)
    assert await recorded(database, org_id) == []


async def test_many_changed_rows_are_written_by_one_statement(database: Database, org_id: UUID) -> None:
    async with database.transaction(org_id) as session:
        made = [await defined(session, f"T-{number}") for number in range(20)]
    with statements() as sent:
        async with database.transaction(org_id) as session:
            rows = await lock_by_id(session, Procedure, [each.id for each in made])
            for row in rows:
                row.title, row.steps = f"{row.code} 'ünd' \\ \"", ["One", row.code]
                row.approved_version_id = row.id
                announce(session, ProcedureRevised(code=row.code, title=row.title), about=row, by=BY, at=AT)
            rows[0].status = "retired"
    assert sum(each.startswith("UPDATE") for each in sent) == 2
    async with database.transaction(org_id) as session:
        rows = await lock_by_id(session, Procedure, [each.id for each in made])
        assert {(row.version, row.title, *row.steps, row.approved_version_id) for row in rows} == {
            (2, f"{row.code} 'ünd' \\ \"", "One", row.code, row.id) for row in made
        }
    assert [event_.version for event_ in await recorded(database, org_id)] == [1] * 20 + [2] * 20
    assert {event_.before["title"] for event_ in (await recorded(database, org_id))[20:]} == {"Inspect access"}


async def test_none_of_many_stale_rows_is_overwritten(database: Database, org_id: UUID) -> None:
    async with database.transaction(org_id) as session:
        made = [await defined(session, f"T-{number}") for number in range(20)]

    async def overwrite() -> None:
        async with database.transaction(org_id) as session:
            unlocked = (await session.scalars(select(Procedure))).all()
            async with database.transaction(org_id) as other:
                raise_version(other, await locked(other, Procedure, made[7].id, noun="procedure"))
            for row in unlocked:
                row.title = "Lost"

    with pytest.raises(StaleDataError, match="1 rows of procedures"):
        await overwrite()
    async with database.transaction(org_id) as session:
        assert {row.title for row in await session.scalars(select(Procedure))} == {"Inspect access"}


async def test_a_stale_row_is_not_overwritten(database: Database, org_id: UUID) -> None:
    async with database.transaction(org_id) as session:
        made = await defined(session, "T-1")

    async def overwrite() -> None:
        async with database.transaction(org_id) as session:
            unlocked = await found(session, Procedure, made.id)
            assert unlocked is not None
            async with database.transaction(org_id) as other:
                raise_version(other, await locked(other, Procedure, made.id, noun="procedure", expected=ANY_VERSION))
            unlocked.title = "Lost"

    with pytest.raises(StaleDataError):
        await overwrite()
