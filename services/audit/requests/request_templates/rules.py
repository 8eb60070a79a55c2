"""What a template's lines have to be. Pure functions."""

from collections import Counter
from collections.abc import Sequence

from services.audit.requests.request_templates.schemas import TemplateLine
from shared.problems import Fault


def faults_of(lines: Sequence[TemplateLine]) -> list[Fault]:
    """Every line whose code another line has: one code names one request of an engagement."""
    counts = Counter(line.code for line in lines if line.code is not None)
    return [
        Fault(f"/lines/{place}/code", f"{line.code} names several lines")
        for place, line in enumerate(lines)
        if line.code is not None and counts[line.code] > 1
    ]
