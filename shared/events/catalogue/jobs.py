"""What services announce of jobs: that one was started, by whom, and how it finished."""

from typing import ClassVar

from shared.events.event import Event


class JobStarted(Event):
    """Long work was started in the place of answering a request."""

    kind: str


class JobFinished(Event):
    """Long work has succeeded, failed or been cancelled."""

    kind: str
    state: str


class ControlsJobStarted(JobStarted):
    """A job of the controls service was started."""

    name: ClassVar[str] = "controls.job.started"


class ControlsJobFinished(JobFinished):
    """A job of the controls service has succeeded, failed or been cancelled."""

    name: ClassVar[str] = "controls.job.finished"


class AuditJobStarted(JobStarted):
    """A job of the audit service was started."""

    name: ClassVar[str] = "audit.job.started"


class AuditJobFinished(JobFinished):
    """A job of the audit service has succeeded, failed or been cancelled."""

    name: ClassVar[str] = "audit.job.finished"


class RiskJobStarted(JobStarted):
    """A job of the risk service was started."""

    name: ClassVar[str] = "risk.job.started"


class RiskJobFinished(JobFinished):
    """A job of the risk service has succeeded, failed or been cancelled."""

    name: ClassVar[str] = "risk.job.finished"


class IntegrationsJobStarted(JobStarted):
    """A job of the integrations service was started."""

    name: ClassVar[str] = "integrations.job.started"


class IntegrationsJobFinished(JobFinished):
    """A job of the integrations service has succeeded, failed or been cancelled."""

    name: ClassVar[str] = "integrations.job.finished"


STARTED: dict[str, type[JobStarted]] = {
    kind.announcer(): kind for kind in (ControlsJobStarted, AuditJobStarted, RiskJobStarted, IntegrationsJobStarted)
}
FINISHED: dict[str, type[JobFinished]] = {
    kind.announcer(): kind for kind in (ControlsJobFinished, AuditJobFinished, RiskJobFinished, IntegrationsJobFinished)
}
