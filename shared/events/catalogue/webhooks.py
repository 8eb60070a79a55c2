"""What the integrations service announces of the endpoints to which it delivers webhooks."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutEndpoint(Event):
    """Every event about an endpoint says which, and how it stands; none says its address."""

    title: str
    status: str
    owner_id: UUID


class WebhookEndpointRegistered(AboutEndpoint):
    """An endpoint was registered; it is delivered to once it has answered a test."""

    name: ClassVar[str] = "integrations.webhook_endpoint.registered"


class WebhookEndpointRevised(AboutEndpoint):
    """An endpoint was changed, or another person answers for it."""

    name: ClassVar[str] = "integrations.webhook_endpoint.revised"


class WebhookEndpointTested(AboutEndpoint):
    """A test delivery to an endpoint was asked for."""

    name: ClassVar[str] = "integrations.webhook_endpoint.tested"


class WebhookEndpointActivated(AboutEndpoint):
    """An endpoint has answered a test: from now on it is delivered to."""

    name: ClassVar[str] = "integrations.webhook_endpoint.activated"


class WebhookEndpointFailing(AboutEndpoint):
    """Nothing but failures for one day, and again for three: the endpoint will be disabled after five."""

    name: ClassVar[str] = "integrations.webhook_endpoint.failing"

    failing_since: datetime
    days: int


class WebhookEndpointDisabled(AboutEndpoint):
    """Nothing is delivered to an endpoint until it is activated again; what is for it waits."""

    name: ClassVar[str] = "integrations.webhook_endpoint.disabled"

    disabled_for: str


class WebhookEndpointRetired(AboutEndpoint):
    """Nothing is delivered to an endpoint any more, for good."""

    name: ClassVar[str] = "integrations.webhook_endpoint.retired"


class WebhookSecretIssued(AboutEndpoint):
    """What is delivered to an endpoint is signed with one more secret."""

    name: ClassVar[str] = "integrations.webhook_endpoint.secret_issued"

    secret_id: UUID


class WebhookSecretRevoked(AboutEndpoint):
    """Nothing is signed with this secret of an endpoint any more."""

    name: ClassVar[str] = "integrations.webhook_endpoint.secret_revoked"

    secret_id: UUID


class WebhooksReplayed(AboutEndpoint):
    """Deliveries to an endpoint were asked for once more."""

    name: ClassVar[str] = "integrations.webhook_endpoint.replayed"

    deliveries: int
