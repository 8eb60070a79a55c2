"""What the controls service announces."""

from enum import StrEnum
from typing import ClassVar

from shared.events.event import Event


class HealthState(StrEnum):
    """Whether a control works, as far as its evidence shows."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    AT_RISK = "at_risk"
    FAILING = "failing"


class _About(Event):
    """Every event about a control says which, in the organisation's own words."""

    code: str
    title: str


class ControlDefined(_About):
    """A control was written down, as a draft."""

    name: ClassVar[str] = "controls.control.defined"


class ControlRevised(_About):
    """A control's wording, owner or mapping changed."""

    name: ClassVar[str] = "controls.control.revised"


class ControlApproved(_About):
    """Someone other than its author approved a control."""

    name: ClassVar[str] = "controls.control.approved"


class ControlImplemented(_About):
    """A control is in operation."""

    name: ClassVar[str] = "controls.control.implemented"


class ControlRetired(_About):
    """A control is no longer operated."""

    name: ClassVar[str] = "controls.control.retired"


class _Health(_About):
    """A change of health, with its reasons in words. The version counts changes of health, not of the control."""

    health: HealthState
    before: HealthState
    reasons: list[str]


class ControlFailing(_Health):
    """A control was found not to work."""

    name: ClassVar[str] = "controls.health.failing"


class ControlAtRisk(_Health):
    """A control works, but what shows it will soon run out."""

    name: ClassVar[str] = "controls.health.at_risk"


class ControlRecovered(_Health):
    """A control that was failing works again."""

    name: ClassVar[str] = "controls.health.recovered"


class ControlProven(_Health):
    """A control works, and was not failing before."""

    name: ClassVar[str] = "controls.health.proven"


class ControlUnproven(_Health):
    """Nothing shows any longer whether a control works."""

    name: ClassVar[str] = "controls.health.unproven"


class ProgrammeStarted(Event):
    """An organisation goes for a report, with these categories in scope."""

    name: ClassVar[str] = "controls.programme.started"

    title: str
    report_type: str
    categories: list[str]
    framework: str = "soc2"
    framework_version: str = "2017 (rev. 2022)"


class FrameworkDefined(Event):
    """An organisation defined a framework of its own."""

    name: ClassVar[str] = "controls.framework.defined"

    code: str
    title: str
    scheme: str
