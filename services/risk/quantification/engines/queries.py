from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_

from services.risk.quantification.engines.rules import BIT_GENERATOR, ENGINE, NUMPY


def is_reproducible(made: Any) -> ColumnElement[bool]:
    """Whether this installation simulates by what a row of these columns was made by. Label it."""
    return and_(made.engine == ENGINE, made.numpy_version == NUMPY, made.bit_generator == BIT_GENERATOR)


def why_not_reproducible(made: Any) -> ColumnElement[Any]:
    """What the row was made by and what it would be made by now, in words; null where these are the same. Label it."""
    words = func.concat(
        "It was simulated by engine ",
        made.engine,
        " with numpy ",
        made.numpy_version,
        " and ",
        made.bit_generator,
        f"; this installation has engine {ENGINE}, numpy {NUMPY} and {BIT_GENERATOR}.",
    )
    return case((not_(is_reproducible(made)), words))
