"""The columns of a table of controls with the headings that mean them, and the words in their cells. Pure.

The columns are the members of a control's draft, those of its recurrence each by itself.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.controls.register.controls.models import ControlKind, ControlNature
from services.controls.register.controls.schemas import ControlDraft
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.schemas import Recurrence
from shared.tables.headings import Column, Shape
from shared.tables.wording import Words, plain

LIST_COLUMN = "requirements"
# The columns that name people, and where a control keeps their ids.
OWNERS = {"owner": "owner_id", "backup_owner": "backup_owner_id"}
# The columns of a recurrence, and its members.
RECURRENCE = {
    "recurrence": "rule",
    "starts_on": "starts_on",
    "time_zone": "time_zone",
    "tolerance_days": "tolerance_days",
}

# The texts that mean one thing are apart by `|`.
_HEADINGS: Mapping[str, str] = {
    "code": (
        "ID | Ref | Reference | No | Number | Control ID | Control # | Control no | Control ref | "
        "Control reference | Control code | #"
    ),
    "title": "Name | Control | Control name | Control title | Short name | Summary",
    "statement": (
        "Description | Control description | Control statement | Control activity | Activity | "
        "Wording | Control wording | Details | Control details | Control text | "
        "Description of control"
    ),
    "owner": (
        "Owner email | Owner e-mail | Control owner | Control owner email | Process owner | "
        "Responsible | Responsible person | Accountable | Assigned to | Assignee | Owner name"
    ),
    "backup_owner": "Backup | Deputy | Delegate | Substitute | Secondary owner | Backup owner email",
    "kind": "Type | Control type | Kind of control | Preventive detective | Preventive or detective",
    "nature": (
        "Control nature | Automation | Automated | Manual automated | Manual or automated | "
        "Execution | Automated manual | Level of automation"
    ),
    "frequency": ("Control frequency | How often | Periodicity | Cadence | Interval | Frequency of control | Freq"),
    "requirements": (
        "Requirement | Criteria | Criterion | TSC | TSC criteria | SOC 2 | SOC 2 criteria | "
        "Mapping | Trust services criteria | Mappings | Mapped criteria | Framework mapping | "
        "Framework references | Framework reference | SOC2 | ISO 27001 | ISO27001 | "
        "ISO 27001 Annex A | Annex A | Annex A control | NIST CSF | NIST 800-53 | Mapped to | "
        "Related criteria | Related requirements | SOC 2 mapping | ISO 27001 mapping"
    ),
    "recurrence": "RRULE | Recurrence rule | Rule",
    "starts_on": "Start date | First day | First due | DTSTART",
    "time_zone": "Timezone | TZ",
    "tolerance_days": "Tolerance | Grace | Grace days | Grace period",
}
COLUMNS = (*(name for name in ControlDraft.model_fields if name != "recurrence"), *RECURRENCE)
SHAPE = Shape(
    columns=[
        Column(
            name,
            _HEADINGS[name].split("|"),
            required=name not in RECURRENCE and ControlDraft.model_fields[name].is_required(),
            several=name == LIST_COLUMN,
        )
        for name in COLUMNS
    ],
    most_rows=5000,
)

WORDS = {
    "kind": Words(
        "kind of control",
        {
            ControlKind.PREVENTIVE: "Prevent | Preventative | Preventing | Prevention | P",
            ControlKind.DETECTIVE: "Detect | Detecting | Detection | Detector | D",
            ControlKind.CORRECTIVE: "Correct | Correcting | Correction | Recovery | Responsive | C",
        },
    ),
    "nature": Words(
        "nature of a control",
        {
            ControlNature.MANUAL: "Manually | Human | Person | No | N | M",
            ControlNature.AUTOMATED: (
                "Auto | Automatic | Automatically | System | IT automated | Application | "
                "Fully automated | Yes | Y | True"
            ),
            ControlNature.HYBRID: (
                "Semi-automated | Partly automated | Partially automated | Partly | Partial | "
                "IT dependent manual | IT-dependent | ITDM | Mixed | Manual and automated | Both"
            ),
        },
    ),
}

_TWICE_A_YEAR, _EVERY_OTHER_WEEK = "twice a year", "every other week"
_FREQUENCIES = Words(
    "frequency",
    {
        ControlFrequency.CONTINUOUS: (
            "Continuously | Ongoing | Always | Real-time | Permanent | 24/7 | Multiple times a day | "
            "Many times a day | Several times a day | Per transaction"
        ),
        ControlFrequency.DAILY: "Every day | Each day | Once a day | Per day | Day | D",
        ControlFrequency.WEEKLY: "Every week | Each week | Once a week | Per week | Week | W",
        ControlFrequency.MONTHLY: "Every month | Each month | Once a month | Per month | Month | M",
        ControlFrequency.QUARTERLY: (
            "Every quarter | Each quarter | Once a quarter | Per quarter | Quarter | Q | "
            "Every three months | Every 3 months | 3-monthly"
        ),
        ControlFrequency.ANNUAL: (
            "Annually | Yearly | Every year | Each year | Once a year | Per year | Year | Per annum | "
            "A | Y | 12-monthly | Every 12 months"
        ),
        ControlFrequency.AD_HOC: (
            "As needed | On demand | As required | When needed | When required | On event | "
            "Event-driven | Event-based | Per event | Upon event | Per occurrence | Per request | "
            "On request | Upon request | When it happens | As it occurs | As occurs | "
            "Each occurrence | Occasionally"
        ),
        _TWICE_A_YEAR: (
            "Semi-annually | Semi-annual | Semiannually | Semiannual | Half-yearly | Biannually | "
            "Biannual | Bi-annually | Bi-annual | Every six months | Every 6 months | "
            "Every half-year | 2x a year"
        ),
        _EVERY_OTHER_WEEK: "Fortnightly | Every two weeks | Every 2 weeks | Every second week",
    },
)
# Words that name no frequency of their own: the frequency whose samples they need, and the days.
_WITH_DAYS = {
    _TWICE_A_YEAR: (
        ControlFrequency.ANNUAL,
        Recurrence(rule="FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1", starts_on=date(2000, 1, 1)),
    ),
    _EVERY_OTHER_WEEK: (
        ControlFrequency.WEEKLY,
        Recurrence(rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", starts_on=date(2000, 1, 2)),
    ),
}
_RULE_NAME = "RRULE:"


def frequency_of(text: str) -> tuple[str, Recurrence | None] | None:
    """The frequency that a text means, and the days where they follow from it; None when it means none."""
    word = _FREQUENCIES.meaning(text)
    if word is None:
        return None
    return _WITH_DAYS.get(word, (word, None))


def frequency_refusal(text: str) -> str:
    """What to say of a text that means no frequency."""
    return _FREQUENCIES.refusal(text)


def recurrence_in(cells: Mapping[str, str]) -> dict[str, str] | None:
    """The recurrence of a row as its members; None when none of its columns says anything."""
    members = {member: cells[column] for column, member in RECURRENCE.items() if column in cells}
    if "rule" in members:
        rule = members["rule"].upper().replace(" ", "")
        members["rule"] = rule.removeprefix(_RULE_NAME)
    return members or None


def cells_of(control: Mapping[str, Any]) -> list[str]:
    """A control as a row of the table, in the order of `COLUMNS`."""
    recurrence = control["recurrence"] or {}
    values = {**control, **{column: recurrence.get(member) for column, member in RECURRENCE.items()}}
    return [_cell(values[name]) for name in COLUMNS]


def mapping_of(columns: Iterable[str]) -> dict[str, str]:
    """What a request says of headings: `Control ID:code` as the column by the plain words of its heading."""
    pairs = (text.rpartition(":") for text in columns)
    return {plain(heading): column.strip() for heading, _, column in pairs}


def _cell(value: Any) -> str:
    return "" if value is None else ";".join(value) if isinstance(value, list) else str(value)
