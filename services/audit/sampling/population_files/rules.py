"""What the summary of a file that was read makes of its population. Pure."""

from collections.abc import Mapping
from typing import Any

from services.audit.sampling.populations.models import Population
from services.audit.sampling.populations.rules import change_percent, days_of


def hints_of(population: Population, summary: Mapping[str, Any], earlier: Population | None) -> dict[str, Any]:
    """`PopulationHints` as JSON, of the summary that reading the file gave."""
    rows_in_system = (population.provenance or {}).get("rows_in_system")
    return {
        "days": summary["days"],
        "sequences": summary["sequences"],
        "rows_in_system": rows_in_system,
        "rows_against_system": None if rows_in_system is None else summary["rows"] - rows_in_system,
        "earlier": None if earlier is None else _against(population, summary["rows"], earlier),
    }


def _against(population: Population, rows: int, earlier: Population) -> dict[str, Any]:
    query = ("source_system", "query", "parameters")
    now, then = population.provenance or {}, earlier.provenance or {}
    return {
        "population_id": str(earlier.id),
        "rows": earlier.row_count,
        "rows_change_percent": change_percent(
            rows,
            days_of(population.first_day, population.last_day),
            earlier_rows=earlier.row_count or 0,
            earlier_days=days_of(earlier.first_day, earlier.last_day),
        ),
        "same_query": all(now.get(name) == then.get(name) for name in query),
        "same_file": population.file_sha256 == earlier.file_sha256,
    }
