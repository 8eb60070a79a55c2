"""What each sender sends, as its documentation has it: a body, and the headers with which it proves itself."""

import base64
import hmac
import json
import uuid
from datetime import datetime
from typing import Any

from services.integrations.receiving.sources.models import SourceKind as K

SECRET = "0123456789abcdef0123456789abcdef"
STANDARD_SECRET = "whsec_" + base64.b64encode(SECRET.encode()).decode()
Headers = dict[str, str]

_GITHUB = {
    "action": "completed",
    "check_run": {
        "id": 128620228,
        "name": "branch-protection",
        "head_sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
        "conclusion": "success",
        "completed_at": "2026-05-14T09:00:00Z",
        "html_url": "https://github.com/acme/api/runs/128620228",
        "app": {"slug": "github-actions"},
        "check_suite": {"head_branch": "main"},
    },
    "repository": {"full_name": "acme/api", "default_branch": "main"},
}
_JIRA = {
    "timestamp": 1700000000000,
    "webhookEvent": "jira:issue_updated",
    "user": {"accountId": "5b10a2844c20165700ede21g"},
    "issue": {
        "key": "SEC-1",
        "fields": {
            "status": {"name": "Erledigt", "statusCategory": {"key": "done"}},
            "resolution": {"name": "Done"},
            "updated": "2026-05-14T09:00:00.000+0000",
        },
    },
    "changelog": {"items": [{"field": "status", "from": "3", "to": "10001"}]},
}
_REPORT = {"target": "api", "check": "zap", "run": "7", "state": "pass", "observed_at": "2026-05-14T09:00:00Z"}


def _finding(status: str | None, control: str = "S3.1") -> dict[str, Any]:
    """A finding of Security Hub: of a control, which has a status, or a detection, which has none."""
    return {
        "AwsAccountId": "123456789012",
        "GeneratorId": f"security-control/{control}",
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{status or 'none'}"}],
        "Severity": {"Label": "HIGH"},
        "UpdatedAt": "2026-05-14T09:00:00Z",
        "RecordState": "ACTIVE",
    } | ({"Compliance": {"Status": status}} if status else {})


_LEFT = {
    "uuid": "u1",
    "eventType": "user.lifecycle.deactivate",
    "published": "2026-05-14T09:00:00Z",
    "target": [{"type": "User", "alternateId": "nora@example.com"}],
}
BODIES: dict[K, dict[str, Any]] = {
    K.GITHUB: _GITHUB,
    K.GITLAB: {
        "object_kind": "pipeline",
        "object_attributes": {"id": 31, "status": "success", "ref": "main", "finished_at": "2026-05-14 09:00:00 UTC"},
        "project": {"path_with_namespace": "acme/api", "default_branch": "main"},
    },
    K.BITBUCKET_CLOUD: {"commit_status": {"key": "build", "state": "SUCCESSFUL", "name": "build", "refname": "main"}},
    K.BITBUCKET_DATA_CENTER: {"eventKey": "pr:merged", "pullRequest": {"id": 1}},
    K.AZURE_DEVOPS: {
        "id": "4a5d99d6-1c75-4e53-91b9-ee80057d4ce3",
        "eventType": "build.complete",
        "resource": {
            "id": 2,
            "buildNumber": "20260514.1",
            "status": "completed",
            "result": "succeeded",
            "definition": {"name": "api"},
            "finishTime": "2026-05-14T09:00:00Z",
        },
    },
    K.JIRA_CLOUD: _JIRA,
    K.JIRA_DATA_CENTER: _JIRA,
    K.SERVICENOW: {
        "sys_id": "d71f7935c0a8016700802b64c67c11c6",
        "sys_mod_count": 3,
        "number": "INC0010001",
        "state": 6,
    },
    K.LINEAR: {"action": "update", "type": "Issue", "data": {"identifier": "SEC-1", "state": {"type": "completed"}}},
    K.PAGERDUTY: {
        "event": {"id": "01B", "event_type": "incident.resolved", "data": {"id": "P1", "status": "resolved"}}
    },
    K.SENTRY: {
        "action": "created",
        "data": {"issue": {"id": "1", "shortId": "API-1", "status": "unresolved", "project": {"slug": "api"}}},
        "actor": {"type": "application", "id": "sentry"},
    },
    K.CIRCLECI: {
        "id": "3888f21b-eaa7-38e3-8f3d-75a63bba8895",
        "type": "workflow-completed",
        "workflow": {"id": "fda08377-fe7e-46b1-8992-3a7aaecac9c3", "name": "build", "status": "success"},
    },
    K.BUILDKITE: {
        "event": "build.finished",
        "build": {"id": "f62a1b4d", "state": "passed", "blocked": False},
        "pipeline": {"slug": "api"},
    },
    K.JENKINS: {"name": "api", "build": {"number": 7, "phase": "FINALIZED", "status": "SUCCESS"}},
    K.SNYK: {
        "project": {"id": "p1", "name": "api", "lastTestedDate": "2026-05-14T09:00:00Z"},
        "newIssues": [
            {"id": "SNYK-JS-X-1", "pkgName": "x", "isIgnored": False, "issueData": {"severity": "high"}},
            {"id": "SNYK-JS-X-2", "pkgName": "x", "isIgnored": True},
        ],
        "removedIssues": [{"id": "SNYK-JS-Y-1", "pkgName": "y"}],
    },
    K.DATADOG: {
        "id": "7501",
        "event": "alert",
        "monitor": "42",
        "scope": "env:prod",
        "title": "Backups ran",
        "transition": "Recovered",
        "date": 1778749200000,
        "link": "https://app.datadoghq.eu/event/event?id=7501",
    },
    K.OKTA: {"eventId": "b5a188b9", "data": {"events": [_LEFT]}},
    K.MICROSOFT_GRAPH: {
        "value": [
            {
                "id": f"n{number}",
                "clientState": SECRET,
                "changeType": change,
                "resource": f"Users/{number}",
                "resourceData": {"@odata.type": "#Microsoft.Graph.User", "id": str(number)},
            }
            for number, change in enumerate(("created", "updated", "deleted"))
        ]
    },
    K.AWS_EVENTBRIDGE: {
        "id": "6a7e8feb",
        "detail-type": "Security Hub Findings - Imported",
        "source": "aws.securityhub",
        "detail": {"findings": [_finding("PASSED"), _finding("FAILED", "S3.8"), _finding(None), _finding("WARNING")]},
    },
    K.STANDARD_WEBHOOKS: {"type": "attest.check.reported", "timestamp": "2026-05-14T09:00:00Z", "data": _REPORT},
    K.CLOUDEVENTS: {
        "specversion": "1.0",
        "id": "1",
        "source": "/scans",
        "type": "attest.check.reported",
        "data": _REPORT,
    },
}
EVENTS = {
    K.GITHUB: "check_run.completed",
    K.GITLAB: "pipeline",
    K.BITBUCKET_CLOUD: "repo:commit_status_updated",
    K.BITBUCKET_DATA_CENTER: "pr:merged",
    K.AZURE_DEVOPS: "build.complete",
    K.JIRA_CLOUD: "jira:issue_updated",
    K.JIRA_DATA_CENTER: "jira:issue_updated",
    K.SERVICENOW: "record",
    K.LINEAR: "Issue.update",
    K.PAGERDUTY: "incident.resolved",
    K.SENTRY: "issue.created",
    K.CIRCLECI: "workflow-completed",
    K.BUILDKITE: "build.finished",
    K.JENKINS: "build.finalized",
    K.SNYK: "project_snapshot/v0",
    K.DATADOG: "alert",
    K.OKTA: "events",
    K.MICROSOFT_GRAPH: "notifications",
    K.AWS_EVENTBRIDGE: "Security Hub Findings - Imported",
    K.STANDARD_WEBHOOKS: "attest.check.reported",
    K.CLOUDEVENTS: "attest.check.reported",
}
_NAMES: dict[K, Headers] = {
    K.GITHUB: {"x-github-event": "check_run"},
    K.BITBUCKET_CLOUD: {"x-event-key": "repo:commit_status_updated"},
    K.BITBUCKET_DATA_CENTER: {"x-event-key": "pr:merged"},
    K.SENTRY: {"sentry-hook-resource": "issue"},
    K.BUILDKITE: {"x-buildkite-event": "build.finished"},
    K.SNYK: {"x-snyk-event": "project_snapshot/v0"},
}
ID_HEADERS = {
    K.GITHUB: "x-github-delivery",
    K.GITLAB: "idempotency-key",
    K.BITBUCKET_CLOUD: "x-request-uuid",
    K.BITBUCKET_DATA_CENTER: "x-request-id",
    K.JIRA_CLOUD: "x-atlassian-webhook-identifier",
    K.JIRA_DATA_CENTER: "x-atlassian-webhook-identifier",
    K.LINEAR: "linear-delivery",
    K.PAGERDUTY: "x-webhook-id",
    K.SENTRY: "request-id",
    K.SNYK: "x-snyk-transport-id",
}
SENDERS = tuple(BODIES)


def body_of(kind: K, at: datetime) -> bytes:
    """A body as the sender prints it; Linear's has the time of sending in it."""
    document = BODIES[kind]
    if kind == K.LINEAR:
        document = document | {"webhookTimestamp": int(at.timestamp() * 1000)}
    return json.dumps(document, indent=1).encode()


def secret_of(kind: K) -> str:
    return STANDARD_SECRET if kind == K.STANDARD_WEBHOOKS else SECRET


def signed(kind: K, body: bytes, at: datetime, secret: str | None = None, key: str | None = None) -> Headers:
    """The headers of a delivery."""
    secret = secret or secret_of(kind)
    delivery = key or str(uuid.uuid4())
    named = {"content-type": "application/json", **_NAMES.get(kind, {})}
    named |= {ID_HEADERS[kind]: delivery} if kind in ID_HEADERS else {}
    return named | _proof(kind, body, at, secret, delivery)


def _proof(kind: K, body: bytes, at: datetime, secret: str, key: str) -> Headers:
    digest, time = hmac.digest(secret.encode(), body, "sha256").hex(), str(int(at.timestamp()))
    hub = {"x-hub-signature": f"sha256={digest}"}
    basic = {"authorization": "Basic " + base64.b64encode(f"attest:{secret}".encode()).decode()}
    if kind == K.STANDARD_WEBHOOKS:
        material = base64.b64decode(secret.removeprefix("whsec_"))
        made = base64.b64encode(hmac.digest(material, f"{key}.{time}.".encode() + body, "sha256")).decode()
        return {"webhook-id": key, "webhook-timestamp": time, "webhook-signature": f"v1a,xx v1,{made}"}
    timed = hmac.digest(secret.encode(), f"{time}.".encode() + body, "sha256").hex()
    proofs: dict[K, Headers] = {
        K.GITHUB: {"x-hub-signature-256": f"sha256={digest}"},
        **dict.fromkeys((K.BITBUCKET_CLOUD, K.BITBUCKET_DATA_CENTER, K.JIRA_CLOUD, K.JIRA_DATA_CENTER, K.SNYK), hub),
        K.LINEAR: {"linear-signature": digest},
        K.SENTRY: {"sentry-hook-signature": digest},
        K.PAGERDUTY: {"x-pagerduty-signature": f"v1={'0' * 64},v1={digest}"},
        K.CIRCLECI: {"circleci-signature": f"v1={digest},v2=newer"},
        K.BUILDKITE: {"x-buildkite-signature": f"timestamp={time},signature={timed}"},
        K.GITLAB: {"x-gitlab-token": secret},
        **dict.fromkeys((K.AZURE_DEVOPS, K.JENKINS), basic),
        K.CLOUDEVENTS: {"authorization": f"Bearer {secret}"},
        K.MICROSOFT_GRAPH: {},
    }
    return proofs.get(kind, {"authorization": secret})
