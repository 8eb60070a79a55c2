"""The questions that Attest ships. Each file says where its words come from."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any, Final


class Preset(StrEnum):
    """A set of questions that an organisation may copy: Attest's forty, or one for each control of MVSP v3.0."""

    ATTEST = "attest"
    MVSP = "mvsp"


_SHIPPED: Final = {
    preset: json.loads((Path(__file__).parent / f"{preset}.json").read_text(encoding="utf-8")) for preset in Preset
}


def preset_sections(preset: Preset) -> list[dict[str, Any]]:
    """The sections of a preset, as a template's draft has them."""
    sections: list[dict[str, Any]] = _SHIPPED[preset]["sections"]
    return sections
