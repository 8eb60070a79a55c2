"""The columns of a table of history with the headings that mean them, and the words in their cells. Pure."""

from collections.abc import Mapping

from services.controls.history.historical_records.models import RecordKind
from shared.events.catalogue.testing import Outcome, TestKind
from shared.tables.headings import Column, Shape
from shared.tables.wording import Words

MOST_ROWS = 2000
# The texts that mean one thing are apart by `|`.
_HEADINGS: Mapping[str, str] = {
    "code": (
        "Control | Control ID | Control # | Control no | Control code | Control ref | Ref | ID | Policy | "
        "Policy code | Control or policy"
    ),
    "kind": "What | Act | Action | Event | What was done | Type | Activity | Kind of act",
    "day": (
        "Date | On | Done on | Performed on | Date performed | Performance date | Executed on | Completed on | "
        "Completion date | Effective date | Effective on | When"
    ),
    "performed_by": (
        "By | Who | Performed by | Done by | Performer | Executed by | Person | Approved by | Approver | Tester | "
        "Tested by | Reviewer | Operator"
    ),
    "evidence": "Evidence reference | Evidence ref | Evidence id | Proof | Document | Document title | Ticket",
    "sha256": "SHA-256 | Digest | Hash | Checksum",
    "location": "Kept at | Link | URL | Path | Where | Evidence location | Stored at",
    "made_on": "Evidence date | Evidence made on | Document date | Date of evidence | Dated",
    "outcome": "Result | Conclusion | Test result",
    "test_kind": "Kind of test | Test type | Design or operation | Test of",
    "procedure": "Procedure code | Test procedure | Procedure id",
    "due_on": "Due | Due date | Due day | Expected on | For",
    "notes": "Note | Remarks | Remark | Comment | Comments | Details",
}
COLUMNS = tuple(_HEADINGS)
SHAPE = Shape(
    columns=[
        Column(name, texts.split("|"), required=name in {"code", "kind", "day", "performed_by"})
        for name, texts in _HEADINGS.items()
    ],
    most_rows=MOST_ROWS,
)

WORDS = {
    "kind": Words(
        "act that can be told",
        {
            RecordKind.PUBLICATION: "Published | Policy published | Policy approved | In force | Policy in force",
            RecordKind.APPROVAL: "Approved | Approve | Control approved | Signed off | Sign-off | Definition approved",
            RecordKind.IMPLEMENTATION: (
                "Implemented | In operation | In operation since | Put into operation | Operational | Live | Go-live | "
                "Started"
            ),
            RecordKind.OCCURRENCE: (
                "Performed | Performance | Operated | Executed | Execution | Done | Run | Completed | Reviewed | Review"
            ),
            RecordKind.TEST: "Tested | Testing | Control test",
            RecordKind.ACKNOWLEDGEMENT: (
                "Acknowledged | Acknowledgment | Policy acknowledged | Read and understood | Read and accepted"
            ),
        },
    ),
    "outcome": Words(
        "outcome",
        {
            Outcome.PASS: "Passed | OK | Effective | No exceptions | No deviations | Satisfactory",
            Outcome.FAIL: "Failed | Ineffective | Not effective | Exception | Deviation | Unsatisfactory",
            Outcome.NOT_APPLICABLE: "n/a | NA",
            Outcome.ERROR: "Could not be tested",
            Outcome.INCONCLUSIVE: "No conclusion | Unclear",
        },
    ),
    "test_kind": Words(
        "kind of test",
        {
            TestKind.DESIGN: "Design effectiveness | Test of design | ToD",
            TestKind.OPERATING: "Operation | Operating effectiveness | Test of effectiveness | ToE | Effectiveness",
        },
    ),
}
DAYS = {"day": "effective_on", "made_on": "made_on", "due_on": "due_on"}
