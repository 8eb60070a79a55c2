"""Contents of reports for tests: of Example Cloud, which looks like an organization that firms examine."""

import csv
import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from services.audit.description.description_parts.rules import MAY_BE_NONE, has_to_be_written, parts_of
from services.audit.engagements.engagements.models import EngagementKind
from services.audit.wording.contents import SocContent

_ROOT = Path(__file__).parents[2]
COMMITMENT = "Customer documents are available 99.9 % of each calendar month."
REQUIREMENT = "Access to customer documents is limited to people who need it for their work."
CARVED_OUT = UUID(int=11)
INCLUDED = UUID(int=12)
START, END, REPORTED = date(2026, 1, 1), date(2026, 6, 30), date(2026, 8, 14)
_TEXTS = {
    "services": "Example Cloud keeps the documents of its customers, and lets them share, sign, and archive these.\n\n"
    "Customers use the Document Platform in a browser, by mobile apps, and through an API.",
    "boundaries": "The system consists of the production environment of the Document Platform and of the people and"
    " procedures that run it. The corporate website and the test environments are outside its boundaries.",
    "infrastructure": "The platform runs on virtual machines and managed databases in two regions of a provider.",
    "software": "The application is written in-house. It uses PostgreSQL, a message broker, and an object store.",
    "people": "About 120 people work for Example Cloud. Engineering, operations, security, and support take part in the"
    " system.",
    "procedures": "Policies approved by management govern access, changes, incidents, backups, and vendors. They are"
    " reviewed every year.",
    "data": "The system processes documents that customers upload, metadata of these, and account data of users.",
    "controls": "Controls are operated by the teams that are named in the risk and control matrix.",
}


@cache
def titles() -> dict[str, str]:
    """The shipped short titles of the trust services criteria."""
    shipped = json.loads((_ROOT / "services/controls/shipped/soc2-2017-2022.json").read_text("utf-8"))
    return {each["ref"]: each["title"] for each in shipped["requirements"]}


@cache
def seeded() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The controls of the example file: code, statement and criteria."""
    with (_ROOT / "docs/examples/soc2-controls.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (
                row["code"],
                row["statement"],
                tuple(each.partition(":")[2] for each in row["requirements"].split(";") if each.startswith("soc2:")),
            )
            for row in csv.DictReader(file)
        )


def description_of(kind: str, controls: list[tuple[str, str]], **changes: Any) -> dict[str, Any]:
    """An approved description, complete and with nothing but the controls listed; `changes` list more."""
    over_a_period = kind.endswith("type2")
    lists = {
        "incidents": "incidents",
        "user_entity_controls": "user_entity_controls",
        "subservice_organisations": "subservice_organisations",
        "criteria_not_relevant": "criteria_not_relevant",
        "changes": "changes",
    }
    asked = has_to_be_written(EngagementKind(kind))
    parts = [
        {
            "part": part,
            "criterion": heading.criterion,
            "title": heading.title,
            "text": _TEXTS.get(part) if part in asked else None,
            "none": part in MAY_BE_NONE and not changes.get(lists[part]),
        }
        for part, heading in parts_of(EngagementKind(kind)).items()
    ]
    promised = (("service_commitment", COMMITMENT), ("system_requirement", REQUIREMENT))
    return {
        "engagement": {
            "id": UUID(int=1),
            "title": "Examination",
            "kind": kind,
            "categories": ["security", "availability"] if kind.startswith("soc2") else [],
            "as_of_date": None if over_a_period else END,
            "period_start": START if over_a_period else None,
            "period_end": END if over_a_period else None,
        },
        "parts": parts,
        "commitments": [
            {"id": UUID(int=20 + place), "version": 1, "kind": each, "text": text, "criteria": ["A1.1", "CC6.1"]}
            for place, (each, text) in enumerate(promised)
        ],
        "controls": [
            {"id": UUID(int=100 + place), "version": 1, "code": code, "title": title[:200]}
            for place, (code, title) in enumerate(controls)
        ],
        "controls_in_scope": len(controls),
        **{name: [] for name in lists.values()},
        **changes,
    }


def carved_out(**changes: Any) -> dict[str, Any]:
    """A subservice organization whose controls are left out."""
    assumed = {
        "text": "Physical access to the data centers is limited to authorized people.",
        "criteria": ["CC6.4"],
        "monitoring": "Its SOC 2 Type 2 report is read every year, with the exceptions in it.",
        "monitored_by": "Vendor management",
    }
    return {
        "id": CARVED_OUT,
        "version": 1,
        "name": "Example Hosting Ltd",
        "services": "Data centers, virtual machines, and managed databases.",
        "method": "carve_out",
        "controls": [assumed],
        "agreement": None,
        "ended_on": None,
        **changes,
    }


def included() -> dict[str, Any]:
    """A subservice organization whose controls are included."""
    agreement = {"agreed_on": date(2026, 1, 12), "reference": "Letter of January 12, 2026"}
    changes = {"name": "Example Support GmbH", "services": "Support of users at night.", "controls": []}
    return carved_out(id=INCLUDED, method="inclusive", agreement=agreement, **changes)


def user_entity_control() -> dict[str, Any]:
    return {
        "id": UUID(int=30),
        "version": 1,
        "code": "UE-01",
        "text": "User entities remove the accounts of people who no longer need access.",
        "criteria": ["CC6.2"],
    }


def incident() -> dict[str, Any]:
    return {
        "id": UUID(int=40),
        "version": 1,
        "title": "Documents could not be opened for four hours",
        "nature": "A change to the object store's configuration made documents unreadable.",
        "began_at": datetime.fromisoformat("2026-03-03T08:00:00+00:00"),
        "ended_at": datetime.fromisoformat("2026-03-03T12:00:00+00:00"),
        "control_ids": [UUID(int=100)],
        "commitment_ids": [UUID(int=20)],
        "effect": "Customers could not open documents for four hours.",
        "disposition": "The change was rolled back, and such changes are reviewed by two people since.",
    }


def a_test(result: dict[str, Any] | None = None, *, kind: str = "inspection") -> dict[str, Any]:
    procedures = [
        {"kind": "inquiry", "text": "Inquired of the control owner about how the control is performed."},
        {"kind": kind, "text": "Inspected records of the control for the items selected, and compared these with it."},
    ]
    return {"procedures": procedures, "result": result or {"kind": "no_deviations"}}


DEVIATIONS = {
    "kind": "deviations",
    "tested": 25,
    "deviating": 2,
    "items": "employees who left",
    "nature": "access was removed three and five days later than the control requires",
    "cause": "The tickets were assigned to a person on leave.",
}
NO_OCCURRENCE = {"kind": "no_occurrence", "circumstance": "No media with customer data was disposed of."}


def matter(**changes: Any) -> dict[str, Any]:
    return {
        "text": "The review of privileged access to production was not designed to include service accounts.",
        "effect": "Privileged access that is no longer needed might not be detected.",
        "controls": ["AC-01"],
        "criteria": ["CC6.1"],
        "commitments": [REQUIREMENT],
        **changes,
    }


def judgements(kind: str, **kinds: str) -> list[dict[str, Any]]:
    """A judgement on each subject matter: unmodified, unless it is named with another kind."""
    subjects = ["description", "design", *(["operation"] if kind.endswith("type2") or kind == "soc3" else [])]
    made = []
    for subject in subjects:
        judged = kinds.get(subject, "unmodified")
        changes: dict[str, Any] = {"limitation": judged == "disclaimer"}
        if kind.startswith("soc1"):
            changes |= {"commitments": []}
        made.append(
            {"subject": subject, "kind": judged, "matters": [] if judged == "unmodified" else [matter(**changes)]}
        )
    return made


SMALL = (
    ("AC-01", "Access to production is reviewed every quarter.", ("CC6.1", "CC6.2")),
    ("AC-02", "Access of people who leave is removed within one day.", ("CC6.2",)),
    ("MD-01", "Media with customer data is destroyed before it is disposed of.", ("CC6.5",)),
    ("BC-01", "Backups are restored every quarter as a test.", ("A1.1",)),
)


def soc_data(
    kind: str = "soc2_type2",
    controls: tuple[tuple[str, str, tuple[str, ...]], ...] = SMALL,
    *,
    results: dict[str, dict[str, Any]] | None = None,
    modified: dict[str, str] | None = None,
    described: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """The content of a SOC report; `results` by control, `modified` opinions by subject matter."""
    examined = "soc2_type2" if kind == "soc3" else kind
    tested = examined.endswith("type2")
    gravest = set((modified or {}).values()) & {"qualified", "adverse"}
    organisations = (described or {}).get("subservice_organisations", [])
    asserting = [each["id"] for each in organisations if each["method"] == "inclusive"]
    codes = sorted({code for _, _, criteria in controls for code in criteria}, key=list(titles()).index)
    signatory = {"name": "Dana Duarte", "position": "Chief Information Security Officer"}
    return {
        "kind": kind,
        "service_organization": "Example Cloud, Inc.",
        "system": "Document Platform",
        "description_title": "Description of the Document Platform of Example Cloud, Inc.",
        "firm": "Hale & Partners LLP",
        "office": {"city": "Denver", "state": "Colorado"},
        "report_date": REPORTED,
        "description": description_of(examined, [(code, text) for code, text, _ in controls], **(described or {})),
        "criteria": [{"code": code, "title": titles()[code]} for code in codes],
        "controls": [
            {
                "code": code,
                "text": text,
                "criteria": list(criteria),
                "tests": [a_test((results or {}).get(code))] if tested else [],
            }
            for code, text, criteria in controls
        ],
        "judgements": judgements(kind, **(modified or {})),
        "assertion": {
            "signatory": signatory,
            "signed_on": REPORTED,
            "exceptions": ["The review of privileged access left service accounts out."] if gravest else [],
        },
        "subservice_assertions": [
            {
                "organization": key,
                "signatory": {"name": "Kai Weber", "position": "Managing Director"},
                "signed_on": REPORTED,
            }
            for key in asserting
        ],
        **changes,
    }


def soc(kind: str = "soc2_type2", *args: Any, **changes: Any) -> SocContent:
    """The content as it is printed."""
    return SocContent.model_validate(soc_data(kind, *args, **changes))
