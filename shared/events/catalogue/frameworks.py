"""What the controls service announces of frameworks, their versions, and the programmes that move between them."""

from typing import ClassVar

from shared.events.event import Event


class _OfVersion(Event):
    """Which version of which framework."""

    framework: str
    label: str


class FrameworkVersionImported(_OfVersion):
    """A version of an organisation's own framework came in as a document, whose SHA-256 this tells."""

    name: ClassVar[str] = "controls.framework_version.imported"

    origin: str
    requirements: int
    sha256: str
