"""The fonts that come with Attest, for Typst. Only child processes import this.

No font of the system is used, so that a document or a picture looks the same and has the same bytes everywhere.
"""

from pathlib import Path
from typing import Final

import typst

FONTS: Final = typst.Fonts(
    include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(Path(__file__).parent / "fonts")]
)
