"""Loss scenarios with their estimates, simulations with their results, and returns of treatments."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0006"
down_revision = "risk_0005"

_TABLES = (
    """create table loss_scenarios (
        id uuid primary key,
        org_id uuid not null,
        risk_id uuid not null references risks,
        title text not null,
        currency text not null,
        estimate jsonb not null,
        rationale text not null,
        estimate_number integer not null,
        estimated_by jsonb not null,
        estimated_at timestamptz not null,
        plan jsonb not null,
        expectation jsonb not null,
        cautions jsonb not null,
        status text not null check (status in ('active', 'retired')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index loss_scenarios_by_title on loss_scenarios (org_id, title, id)",
    "create index loss_scenarios_by_creation on loss_scenarios (org_id, created_at, id)",
    "create index loss_scenarios_by_update on loss_scenarios (org_id, updated_at, id)",
    "create index loss_scenarios_by_risk on loss_scenarios (org_id, risk_id)",
    """create table loss_simulations (
        id uuid primary key,
        org_id uuid not null,
        title text,
        simulation text not null check (simulation in ('product', 'compound')),
        trials integer not null,
        seed bigint not null,
        currency text not null,
        tolerance bigint,
        capacity bigint,
        scenario_ids uuid[] not null,
        expectation jsonb not null,
        figures jsonb not null,
        engine integer not null,
        numpy_version text not null,
        bit_generator text not null,
        simulated_by jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index loss_simulations_by_creation on loss_simulations (org_id, created_at, id)",
    "create index loss_simulations_by_update on loss_simulations (org_id, updated_at, id)",
    """create table loss_results (
        id uuid primary key,
        org_id uuid not null,
        simulation_id uuid not null references loss_simulations,
        scenario_id uuid not null references loss_scenarios,
        risk_id uuid not null,
        title text not null,
        currency text not null,
        estimate jsonb not null,
        estimate_number integer not null,
        plan jsonb not null,
        expectation jsonb not null,
        figures jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index loss_results_by_creation on loss_results (org_id, created_at, id)",
    "create index loss_results_by_update on loss_results (org_id, updated_at, id)",
    "create index loss_results_by_simulation on loss_results (org_id, simulation_id)",
    "create index loss_results_by_scenario on loss_results (org_id, scenario_id, id)",
    "create index loss_results_by_risk on loss_results (org_id, risk_id)",
    """create table treatment_returns (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        currency text not null,
        yearly_cost bigint not null check (yearly_cost > 0),
        trials integer not null,
        seed bigint not null,
        scenario_ids uuid[] not null,
        changes jsonb not null,
        expectation jsonb not null,
        figures jsonb not null,
        engine integer not null,
        numpy_version text not null,
        bit_generator text not null,
        compared_by jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index treatment_returns_by_creation on treatment_returns (org_id, created_at, id)",
    "create index treatment_returns_by_update on treatment_returns (org_id, updated_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("loss_scenarios", "loss_simulations", "loss_results", "treatment_returns"):
        fence(op.execute, "risk", table)
    for table in ("loss_simulations", "loss_results", "treatment_returns"):
        op.execute(f"revoke update on {table} from risk_app")
