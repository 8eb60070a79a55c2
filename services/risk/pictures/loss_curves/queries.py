"""The curves of kept simulations and results."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.pictures.loss_curves.schemas import CurveSeries, LossCurve
from services.risk.quantification.loss_results.models import LossResult
from services.risk.quantification.loss_simulations.models import LossSimulation
from shared.data.records import found
from shared.money import DECIMALS
from shared.problems import Fault, Invalid, NotFound


async def curve_of_simulation(session: AsyncSession, simulation_id: UUID, beside: UUID | None) -> LossCurve:
    """The curve of a portfolio, with that of another simulation beside it; `Invalid` for another currency."""
    simulation = await _simulation(session, simulation_id)
    series = [_series(simulation, simulation.title or "All scenarios", simulation.id, simulation.figures)]
    if beside is not None:
        other = await found(session, LossSimulation, beside)
        if other is None or other.currency != simulation.currency:
            said = "There is no such loss simulation." if other is None else f"It is in {other.currency}."
            raise Invalid(said, faults=[Fault("query/beside", said)])
        series.append(_series(other, other.title or "All scenarios", other.id, other.figures))
    return _curve(simulation, simulation.title or "all scenarios", series)


async def curve_of_result(session: AsyncSession, result_id: UUID) -> LossCurve:
    """The curve of one scenario in a simulation."""
    result = await found(session, LossResult, result_id)
    if result is None:
        raise NotFound(f"There is no loss result {result_id}.")
    simulation = await _simulation(session, result.simulation_id)
    return _curve(simulation, result.title, [_series(simulation, result.title, result.id, result.figures)])


async def _simulation(session: AsyncSession, simulation_id: UUID) -> LossSimulation:
    simulation = await found(session, LossSimulation, simulation_id)
    if simulation is None:
        raise NotFound(f"There is no loss simulation {simulation_id}.")
    return simulation


def _curve(simulation: LossSimulation, title: str, series: list[CurveSeries]) -> LossCurve:
    return LossCurve(
        title=title,
        currency=simulation.currency,
        decimals=DECIMALS[simulation.currency],
        tolerance=simulation.tolerance,
        capacity=simulation.capacity,
        series=series,
    )


def _series(simulation: LossSimulation, label: str, key: UUID, figures: dict[str, object]) -> CurveSeries:
    return CurveSeries.model_validate(
        {
            **{name: figures[name] for name in ("mean", "above_tolerance", "above_capacity")},
            "id": key,
            "label": f"{label} ({simulation.simulation}, {simulation.trials:,} trials)",
            "simulation": simulation.simulation,
            "trials": simulation.trials,
            "points": figures["curve"],
        }
    )
