"""What the numbers of a seed depend on besides it, known without numpy, which is in child processes alone."""

from importlib.metadata import version
from typing import Final

# Raised when the same seed gives other numbers than before, whatever the reason.
ENGINE: Final = 1
# numpy promises equal streams of one generator for the same version, build and machine alone (NEP 19).
BIT_GENERATOR: Final = "PCG64DXSM"
NUMPY: Final = version("numpy")
