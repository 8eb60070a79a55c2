"""The methods that Attest ships. Where their words and tables come from stands in `presets.json`, preset by preset."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Final

from services.risk.terms.method_terms.schemas import MethodTerms


class PresetName(StrEnum):
    """A method that an organisation may take over as it is."""

    NIST_800_30 = "nist-800-30"
    FIVE_BY_FIVE = "five-by-five"
    THREE_BY_THREE = "three-by-three"


_SHIPPED = json.loads((Path(__file__).parent / "presets.json").read_text(encoding="utf-8"))

PRESETS: Final[dict[PresetName, MethodTerms]] = {
    name: MethodTerms.model_validate(_SHIPPED["presets"][name]["terms"]) for name in PresetName
}
SOURCES: Final[dict[PresetName, str]] = {name: _SHIPPED["presets"][name]["source"] for name in PresetName}

# In force for an organisation that has not set a method: a public one, so that ratings can be explained to anyone.
DEFAULT: Final = PresetName.NIST_800_30
