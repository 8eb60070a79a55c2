"""Every reason code is explained once, and no other is."""

import re
from pathlib import Path

from shared.events.catalogue.controls import ReasonCode

_PAGE = Path(__file__).parents[2] / "docs" / "reasons.md"


def test_every_reason_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", _PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(explained) == sorted(ReasonCode)
