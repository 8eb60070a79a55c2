"""What is printed: one JSON object a line, and a summary of the targets as the last."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Limit:
    """A target; it holds for the ratio where a line has one, and for the value where it has none.

    A run that misses one that is `required` fails; other misses are reported only.
    """

    least: float | None = None
    most: float | None = None
    required: bool = False

    def __str__(self) -> str:
        return f">= {self.least}" if self.least is not None else f"<= {self.most}"

    def met_by(self, measured: float) -> bool:
        return (self.least is None or measured >= self.least) and (self.most is None or measured <= self.most)


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement. `ratio` is the value over that of the line named `against`, of the same run."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    against: str | None = None
    target: str | None = None
    met: bool | None = None
    required: bool = False


@dataclass(slots=True)
class Report:
    """Prints each line as soon as it is known."""

    lines: dict[str, Line] = field(default_factory=dict)

    def tell(
        self, name: str, value: float, unit: str, *, against: str | None = None, limit: Limit | None = None
    ) -> None:
        ratio = value / self.lines[against].value if against is not None else None
        met = limit.met_by(value if ratio is None else ratio) if limit else None
        line = Line(
            name,
            _rounded(value),
            unit,
            None if ratio is None else _rounded(ratio),
            against,
            str(limit) if limit else None,
            met,
            limit is not None and limit.required,
        )
        self.lines[name] = line
        print(json.dumps(asdict(line)), flush=True)

    def summarise(self) -> list[str]:
        """Print which targets were missed; the required ones among them are returned."""
        missed = [line for line in self.lines.values() if line.met is False]
        failed = [line.name for line in missed if line.required]
        summary = {"ok": not missed, "missed": [line.name for line in missed], "failed": failed}
        print(json.dumps(summary), flush=True)
        return failed


def _rounded(value: float) -> float:
    """Four digits say all that a measurement knows."""
    return float(f"{value:.4g}")
