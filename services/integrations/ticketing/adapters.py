"""The adapter of each system."""

from collections.abc import Mapping
from types import MappingProxyType

from services.integrations.ticketing.adapter import Adapter
from services.integrations.ticketing.github import GitHub
from services.integrations.ticketing.gitlab import GitLab
from services.integrations.ticketing.jira import Jira
from services.integrations.ticketing.linear import Linear
from services.integrations.ticketing.servicenow import ServiceNow
from services.integrations.ticketing.terms.models import Place
from services.integrations.ticketing.terms.models import TicketSystem as T
from shared.outbound.addresses import Reach

ADAPTERS: Mapping[T, type[Adapter]] = MappingProxyType(
    {
        T.GITHUB: GitHub,
        T.GITLAB: GitLab,
        T.JIRA_CLOUD: Jira,
        T.JIRA_DATA_CENTER: Jira,
        T.SERVICENOW: ServiceNow,
        T.LINEAR: Linear,
    }
)


def adapter_at(place: Place, reach: Reach) -> Adapter:
    """The adapter of a place."""
    return ADAPTERS[place.system].at(place, reach)
