"""What a procedure can show.

The methods by rising strength are inquiry, observation, inspection, reperformance. Asking alone never supports a
conclusion on a control, however often it is done (AICPA SOC 2 guide, tests of controls).
"""

from collections.abc import Collection

from services.controls.testing.procedures.models import Method
from shared.events.catalogue.testing import Outcome

BEYOND_INQUIRY = frozenset(Method) - {Method.INQUIRY}
_CONCLUSIONS = frozenset({Outcome.PASS, Outcome.FAIL})


def supports(methods: Collection[str], outcome: Outcome) -> bool:
    """Whether a test by these methods may come to this."""
    return outcome not in _CONCLUSIONS or not BEYOND_INQUIRY.isdisjoint(methods)
