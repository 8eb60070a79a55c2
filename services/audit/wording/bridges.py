"""A bridge letter: what management says of the days after the period of its last report. It gives no assurance."""

from collections.abc import Iterator
from datetime import date

from pydantic import Field

from services.audit.engagements.engagement_documents.schemas import Signatory
from services.audit.wording.contents import Strict
from services.audit.wording.phrases import day_of
from shared.http.fields import Prose, Title
from shared.printing.blocks import Block, Document, Look, Paragraph, Part, Signature, paragraphs_of


class BridgeContent(Strict):
    """All that a bridge letter says. Null changes or incidents: management states that there were none."""

    organization: Title
    firm: Title
    report_title: Title
    report_from: date
    report_until: date
    covers_from: date
    covers_until: date
    addressee: Title = Field(examples=["User entities of the Document Platform"])
    changes: Prose | None
    incidents: Prose | None
    signatory: Signatory | None
    signed_on: date | None


def document_of(content: BridgeContent) -> Document:
    """The letter on a page of its own. An unsigned one is marked as a draft."""
    title = "Bridge Letter"
    watermark = None if content.signatory else "DRAFT"
    part = Part(title, tuple(_letter(content)))
    running = f"{content.organization}: {title}"
    return Document(running, content.organization, Look.LETTER, None, (part,), content.organization, watermark)


def _letter(content: BridgeContent) -> Iterator[Block]:
    days = f"{day_of(content.covers_from)} to {day_of(content.covers_until)}"
    yield Paragraph(f"To: {content.addressee}")
    yield Paragraph(
        f"{content.firm} issued its report “{content.report_title}” for the period {day_of(content.report_from)} to"
        f" {day_of(content.report_until)}. This letter is about the days since, {days}."
    )
    if content.changes is None:
        yield Paragraph(
            f"From {days}, there were no material changes to the system or to the controls that the report describes."
        )
    else:
        yield Paragraph(f"From {days}, there were these material changes to the system or its controls:")
        yield from paragraphs_of(content.changes)
    if content.incidents is None:
        yield Paragraph(
            "In these days no incident became known that resulted from controls that were not effective, or in a"
            " failure to achieve a commitment or control objective."
        )
    else:
        yield Paragraph("In these days these incidents became known:")
        yield from paragraphs_of(content.incidents)
    yield Paragraph(
        f"This letter is a statement of management of {content.organization}. {content.firm} has not examined it, and"
        " it gives no assurance. It does not take the place of the report, and the restrictions of the report’s use"
        " apply to this letter, too. Whoever relies on it should read the report."
    )
    if content.signatory is None or content.signed_on is None:
        yield Signature(("[name of the officer]", f"[position], {content.organization}", "[date]"))
    else:
        position = f"{content.signatory.position}, {content.organization}"
        yield Signature((content.signatory.name, position, day_of(content.signed_on)))
