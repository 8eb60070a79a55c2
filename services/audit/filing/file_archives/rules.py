"""What an engagement file is made of. Pure.

An archive holds the issued reports below `files/reports/` and the papers as a page to read; `records/…`, a list for
each noun with a line a record; `contents.ndjson`, a line a file; `trail.ndjson`, a line an event of either party's
trail about the engagement, linked to the digest before it; `manifest.json`, which names the digests of the lists; and
`signature.json` over the manifest's bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.audit.filing.engagement_files.models import EngagementFile
from shared.canonical import canonical

FORMAT = "attest.engagement-file/1"
# Statuses of the client's system descriptions that the firm saw.
SHOWN_DESCRIPTIONS = ("approved", "superseded")


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of the archive: the rows of a table that belong to an engagement, of the firm or of the client."""

    name: str
    table: str
    of_client: bool = False


# The firm's own rows, and the client's as far as the firm saw them.
RECORDS = (
    RecordList("team-members", "team_members"),
    RecordList("scope-changes", "scope_changes"),
    RecordList("engagement-documents", "engagement_documents"),
    RecordList("requests", "requests"),
    RecordList("request-answers", "request_answers"),
    RecordList("request-comments", "request_comments"),
    RecordList("populations", "populations"),
    RecordList("samples", "samples"),
    RecordList("sample-items", "sample_items"),
    RecordList("papers", "papers"),
    RecordList("item-tests", "item_tests"),
    RecordList("review-notes", "review_notes"),
    RecordList("reliability-records", "reliability_records"),
    RecordList("deviations", "deviations"),
    RecordList("findings", "findings"),
    RecordList("finding-remediations", "finding_remediations"),
    RecordList("conclusions", "conclusions"),
    RecordList("opinions", "opinions"),
    RecordList("areas-of-concern", "areas_of_concern"),
    RecordList("nonconformities", "nonconformities"),
    RecordList("certificates", "certificates"),
    RecordList("audit-reports", "audit_reports"),
    RecordList("report-downloads", "report_downloads"),
    RecordList("candidates", "candidates", of_client=True),
    RecordList("system-descriptions", "system_descriptions", of_client=True),
    RecordList("user-entity-controls", "user_entity_controls", of_client=True),
    RecordList("subservice-organisations", "subservice_organisations", of_client=True),
    RecordList("system-incidents", "system_incidents", of_client=True),
    RecordList("significant-changes", "significant_changes", of_client=True),
)


def line_of_record(record: Mapping[str, Any]) -> bytes:
    """A row as a line."""
    return canonical(record) + b"\n"


def line_of_file(path: str, sha256: str, size: int) -> bytes:
    """A file's line of the contents."""
    return canonical({"path": path, "sha256": sha256, "size": size}) + b"\n"


def manifest_of(
    file: EngagementFile, engagement: Mapping[str, Any], records: Sequence[Mapping[str, Any]], **parts: Any
) -> bytes:
    """The manifest: which engagement, and the digest, size and number of lines of each list."""
    return canonical(
        {
            "format": FORMAT,
            "file_id": str(file.id),
            "firm_id": str(file.org_id),
            "title": file.title,
            "engagement": engagement,
            "completed_at": file.completed_at.isoformat(),
            "assembled_at": file.created_at.isoformat(),
            "records": list(records),
            **parts,
        }
    )
