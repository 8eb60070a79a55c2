"""Section V: what management adds, which is not covered by the auditor's report and says so at its head."""

from collections.abc import Iterator

from services.audit.wording.frame import Frame, Section
from shared.printing.blocks import Block, Column, Heading, Paragraph, Table, Tone, paragraphs_of, rows_of


def section_other(frame: Frame) -> Iterator[Block]:
    """Management's responses to deviations, and what else it adds."""
    yield Paragraph(
        f"The information in this section is provided by management of {frame.org} and is unaudited. It is not a part"
        f" of the description in {frame.section(Section.DESCRIPTION)}, and the service auditor expresses no opinion on"
        " it.",
        Tone.NOTE,
    )
    if frame.content.responses:
        told = f"{frame.instance.capitalize()}s" if frame.is_type2 else "the Matters Stated in the Opinion"
        yield Heading(f"Management’s Responses to {told}")
        rows = [(each.control, each.text) for each in frame.content.responses]
        yield Table("Management’s responses", (Column("Control no.", 16), Column("Response", 84)), rows_of(rows))
    for each in frame.content.other_information:
        yield Heading(each.title)
        yield from paragraphs_of(each.text)
