"""Companies that the journeys examine: what they describe of themselves, and the controls that they operate."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Company:
    """A service organization. `about` is what management says, `controls` are the rows of its matrix."""

    about: dict[str, Any]
    controls: list[dict[str, str]]

    @classmethod
    def named(cls, name: str) -> "Company":
        about = json.loads((_HERE / f"{name}.json").read_text("utf-8"))
        with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return cls(about, list(csv.DictReader(file)))
