"""Health is found again for whatever a transaction touched, and no verb can forget to touch it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, Table, event, select
from sqlalchemy.sql.visitors import iterate

from services.controls.base import Base
from services.controls.health.health.models import Health, HealthChange
from services.controls.health.health.queries import facts_of
from services.controls.issues.issues import actions as issues
from services.controls.issues.issues.models import Issue, IssueControl
from services.controls.issues.issues.schemas import IssueDraft
from services.controls.register.controls import actions as controls
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.controls.schemas import ControlDraft
from services.controls.register.definitions.schemas import DefinitionApproval
from services.controls.register.lifecycles import actions as lifecycles
from services.controls.register.lifecycles.schemas import ControlImplementation
from services.controls.testing.control_tests import actions as control_tests
from services.controls.testing.control_tests.models import ControlTest
from services.controls.testing.control_tests.schemas import PerformedTest, TestPlan
from services.controls.testing.procedures import actions as procedures
from services.controls.testing.procedures.models import ProcedureVersion
from services.controls.testing.procedures.schemas import ProcedureDraft
from services.controls.testing.test_standings.models import Standing
from shared.data.base import Record, table_of
from shared.data.records import lock_by_id
from shared.data.sessions import Database, instant_of
from shared.data.tables import events
from shared.data.transactions import touched
from shared.events.catalogue.controls import Severity
from tests.support import acting, introduce

NOW = datetime.now(UTC)
ANOTHER = uuid4()
AUTHOR, APPROVER, TESTER = acting("author"), acting("approver"), acting("tester")
# A version that was approved never changes; a link changes with its issue.
NEVER_CHANGES_ALONE = {table_of(ProcedureVersion), table_of(IssueControl)}


@dataclass(frozen=True, slots=True)
class Examined:
    """An organisation with one of everything that health follows from, all of one control."""

    org_id: UUID
    control: UUID
    rows: Mapping[type[Record], UUID]


async def implemented(database: Database, org_id: UUID) -> UUID:
    draft = ControlDraft.model_validate(
        {
            "code": "AC-01",
            "title": "Access is reviewed",
            "statement": "It is reviewed.",
            "owner": "dana@example.com",
            "kind": "preventive",
            "nature": "manual",
            "frequency": "quarterly",
        }
    )
    async with database.transaction(org_id) as session:
        await introduce(session, "dana", "tester")
        control = await controls.define(session, draft=draft, by=AUTHOR, at=NOW)
        await lifecycles.approve(session, control.id, approval=DefinitionApproval(), by=APPROVER, at=NOW)
        await lifecycles.implement(session, control.id, implementation=ControlImplementation(), by=AUTHOR, at=NOW)
        return control.id


@pytest.fixture
async def examined(database: Database) -> Examined:
    org_id = uuid4()
    control = await implemented(database, org_id)
    procedure = ProcedureDraft(
        code="T-1", title="Inspect", methods=["inspection"], steps=["Look."], expected_result="All of it is there."
    )
    async with database.transaction(org_id) as session:
        made = await procedures.define(session, draft=procedure, by=AUTHOR, at=NOW)
        await procedures.approve(session, made.id, by=APPROVER, at=NOW)
        plan = TestPlan(
            control_id=control, procedure_id=made.id, kind="operating", tester=str(TESTER.person), due_at=NOW
        )
        test = await control_tests.plan(session, draft=plan, by=AUTHOR, at=NOW)
        done = PerformedTest(outcome="fail", notes="Two were missing.")
        await control_tests.perform(session, test.id, done=done, by=TESTER, at=NOW)
        deficiency = IssueDraft(
            title="Two leavers",
            description="They kept access.",
            control_ids=[control],
            severity=Severity.LOW,
            source="audit",
            owner="dana@example.com",
        )
        issue = await issues.open_issue(session, draft=deficiency, by=AUTHOR, at=NOW)
        standing = (await session.scalars(select(Standing))).one()
    rows: dict[type[Record], UUID] = {Control: control, ControlTest: test.id, Standing: standing.id}
    return Examined(org_id, control, {**rows, Issue: issue.id})


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Control, {"status": ControlStatus.RETIRED}),
        (ControlTest, {"due_at": NOW + timedelta(days=9)}),
        (Standing, {"concluded": "pass"}),
        (Issue, {"severity": Severity.CRITICAL}),
        (Issue, {"control_ids": [ANOTHER]}),
    ],
)
async def test_a_verb_that_changes_what_health_follows_from_and_touches_no_control_fails(
    database: Database, examined: Examined, model: type[Record], changes: dict[str, Any]
) -> None:
    async def change(*, touching: bool) -> None:
        async with database.transaction(examined.org_id) as session:
            (row,) = await lock_by_id(session, model, [examined.rows[model]])
            for name, value in changes.items():
                setattr(row, name, value)
            if touching:
                touched(session, examined.control, ANOTHER, at=NOW)

    with pytest.raises(RuntimeError, match=f"{examined.control}.*not touched"):
        await change(touching=False)
    await change(touching=True)


async def test_another_column_touches_nothing(database: Database, examined: Examined) -> None:
    async with database.transaction(examined.org_id) as session:
        (issue,) = await lock_by_id(session, Issue, [examined.rows[Issue]])
        issue.due_on += timedelta(days=1)
        (control,) = await lock_by_id(session, Control, [examined.control])
        control.title = "Access is reviewed by two"


@contextmanager
def tables_read() -> Iterator[set[Table]]:
    """The tables that selects name meanwhile."""
    read: set[Table] = set()

    def note(_connection: Any, statement: Any, *_: Any) -> None:
        if statement.is_select:
            read.update(each for each in iterate(statement) if isinstance(each, Table))

    event.listen(Engine, "before_execute", note)
    yield read
    event.remove(Engine, "before_execute", note)


async def test_every_table_that_health_follows_from_says_what_it_touches(
    database: Database, examined: Examined
) -> None:
    async with database.transaction(examined.org_id) as session:
        found = await lock_by_id(session, Control, [examined.control])
        with tables_read() as read:
            await facts_of(session, found, as_of=instant_of(session))
    touching = {table_of(each) for each in Base.__subclasses__() if hasattr(each, "__touches__")}
    assert len(read) > 6
    assert read - NEVER_CHANGES_ALONE <= touching | {each for each in read if each.name.startswith("known_")}


async def test_health_is_found_once_however_often_a_control_is_touched(database: Database) -> None:
    org_id = uuid4()
    control = await implemented(database, org_id)
    async with database.transaction(org_id) as session:
        (health,) = (await session.scalars(select(Health))).all()
        changes = (await session.scalars(select(HealthChange))).all()
        kinds = (
            await session.scalars(select(events.c.type).where(events.c.subject == control).order_by(events.c.seq))
        ).all()
    assert (health.id, health.version) == (control, 1)
    assert [(each.state, each.until) for each in changes] == [(health.state, None)]
    assert kinds == [
        "controls.control.defined",
        "controls.control.approved",
        "controls.control.implemented",
    ]


async def test_a_database_that_was_opened_without_what_recomputes_refuses_touches(database: Database) -> None:
    opened = Database(database._settings)  # noqa: SLF001 - the same database, opened otherwise

    async def touch() -> None:
        async with opened.transaction(uuid4()) as session:
            touched(session, uuid4(), at=NOW)

    with pytest.raises(RuntimeError, match="recompute"):
        await touch()
    await opened.close()
