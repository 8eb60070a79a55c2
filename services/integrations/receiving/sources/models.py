from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.integrations.base import Base, Part
from shared.clock import new_id
from shared.data.base import WITHHELD, instant


class SourceKind(StrEnum):
    """Which system a source is; with it goes how it proves itself, and what its events mean."""

    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET_CLOUD = "bitbucket_cloud"
    BITBUCKET_DATA_CENTER = "bitbucket_data_center"
    AZURE_DEVOPS = "azure_devops"
    JIRA_CLOUD = "jira_cloud"
    JIRA_DATA_CENTER = "jira_data_center"
    SERVICENOW = "servicenow"
    LINEAR = "linear"
    PAGERDUTY = "pagerduty"
    SENTRY = "sentry"
    CIRCLECI = "circleci"
    BUILDKITE = "buildkite"
    JENKINS = "jenkins"
    SNYK = "snyk"
    DATADOG = "datadog"
    OKTA = "okta"
    MICROSOFT_GRAPH = "microsoft_graph"
    AWS_SNS = "aws_sns"
    AWS_EVENTBRIDGE = "aws_eventbridge"
    STANDARD_WEBHOOKS = "standard_webhooks"
    CLOUDEVENTS = "cloudevents"


class VerificationScheme(StrEnum):
    """How a delivery proves who sent it.

    `body_signature`: HMAC-SHA256 of the raw body in a header. `timed_signature`: HMAC-SHA256 of time and body.
    `standard_webhooks`: as that specification says, version 1.0. `header_secret`: the secret itself in a header.
    `body_secret`: the secret in the body. `sns_certificate`: an RSA signature of Amazon SNS, which needs no secret.
    """

    BODY_SIGNATURE = "body_signature"
    TIMED_SIGNATURE = "timed_signature"
    STANDARD_WEBHOOKS = "standard_webhooks"
    HEADER_SECRET = "header_secret"  # noqa: S105 - the name of a scheme
    BODY_SECRET = "body_secret"  # noqa: S105 - the name of a scheme
    SNS_CERTIFICATE = "sns_certificate"


class SourceStatus(StrEnum):
    """active → retired. A retired source takes nothing any more and keeps what it took."""

    ACTIVE = "active"
    RETIRED = "retired"


class Source(Base, table=True):
    """One system that reports to the organisation.

    `address` is the end of the path that it sends to; it is unguessable and names organisation and source. `header`
    is where its secret is expected, for the scheme `header_secret`. `branches` are those whose checks are evidence;
    none for the default branch of each repository. `origins` are those that may ask by CloudEvents' handshake whether
    they may send.
    """

    __tablename__ = "sources"

    title: str
    kind: str
    scheme: str
    header: str | None = None
    owner_id: UUID
    address: str = Field(sa_column_kwargs={"info": WITHHELD})
    branches: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    topic_arn: str | None = None
    origins: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str = SourceStatus.ACTIVE


class SourceSecret(Part, table=True):
    """One of a source's secrets, encrypted: a signature is verified with the secret itself.

    Apart from the source, so that the trail does not show it. `last_used_at` is right to the hour.
    """

    __tablename__ = "source_secrets"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    source_id: UUID
    sealed: bytes
    created_at: datetime = instant()
    expires_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)
    last_used_at: datetime | None = instant(default=None)
    updated_at: datetime = instant()

    def is_live(self, as_of: datetime) -> bool:
        """Whether it proves anything: neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > as_of)
