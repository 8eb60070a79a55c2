"""The reports of an ISO certification in `docs/examples`: on the pages that the table ticks stands what it says."""

import re

import pypdfium2
import pytest

from tests.journeys.examples import EXAMPLES

# What the text of a ticked page says, by how the row begins.
_SAID = {
    "Stage 1 has areas of concern": "Areas of concern",
    "Each area of concern is cleared": "From the Audit Before",
    "Objectives, scope, criteria": "Statement of Applicability",
    "What was audited": "Clauses and controls",
    "Nonconformities against": "nonconformity",
    "Opportunities for improvement": "Opportunit",
    "Correction, cause and corrective": "Cause:",
    "Sampling and its limits": "Nonconformities may exist that the audit did not find",
    "Whether the objectives were met": "The objectives of the audit were met",
    "A recommendation and no decision": "recommends",
    "The decision is taken": "did not take part in the audit",
}
_ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (EXAMPLES / "iso27001-reports.md").read_text("utf-8").splitlines()
    if "✓" in line
]


@pytest.mark.parametrize(("column", "stage"), [(-2, 1), (-1, 2)])
def test_every_tick_is_on_its_page(column: int, stage: int) -> None:
    with pypdfium2.PdfDocument(EXAMPLES / f"iso27001-stage{stage}-report.pdf") as document:
        pages = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    ticked = {row[0]: re.findall(r"\d+", row[column]) for row in _ROWS if re.search(r"✓ \d", row[column])}
    assert len(ticked) >= 6
    for check, numbers in ticked.items():
        (said,) = (said for begins, said in _SAID.items() if check.startswith(begins))
        for number in numbers:
            assert said in pages[int(number) - 1], (check, number)
