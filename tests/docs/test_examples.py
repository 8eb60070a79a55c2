"""The reports in `docs/examples`: each form is printed from the data beside it, and the table ticks what is checked."""

import re

import pypdfium2
import pytest

from services.audit.wording.contents import SocContent
from services.audit.wording.documents import document_of, faults_of
from shared.printing.blocks import texts_of
from tests.journeys import examples

NAMES = ("soc2-type2", "soc3", "soc2-type1-qualified")
_PAGES = re.compile(r"\d+(?:-\d+)?(?:, \d+(?:-\d+)?)*|none")
# Words that a report on a SOC examination does not say of anything but the institute.
_UNFIT = re.compile(
    r"certif(?!ied Public Accountants)\w*|\bpass(?:ed|es)?\b|\bcompliant\b|\bguarantee\w*", re.IGNORECASE
)


def pages(name: str) -> list[str]:
    """The texts of the pages of an example, without blanks, which PDF readers put elsewhere."""
    with pypdfium2.PdfDocument(examples.EXAMPLES / f"{name}.pdf") as document:
        return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]


@pytest.mark.parametrize("name", NAMES)
def test_each_form_is_printed_from_the_data(name: str) -> None:
    for suffix, whole in examples.files_of(examples.kept(name)).items():
        assert (examples.EXAMPLES / f"{name}.{suffix}").read_bytes() == whole, f"make examples writes {name}.{suffix}"


@pytest.mark.parametrize("name", NAMES)
def test_the_pdf_says_all_that_the_data_say_and_nothing_unfit(name: str) -> None:
    content = SocContent.model_validate(examples.kept(name))
    assert faults_of(content) == []
    document = document_of(content, draft=False)
    written = "".join(pages(name))
    running = "".join(document.running.split())
    without = re.sub(rf"{re.escape(running)}|Page\d+of\d+", "", written)
    for text in texts_of(document):
        assert "".join(text.split()) in without or "".join(text.split()) in written, text
        assert not _UNFIT.search(text), text


def test_the_table_ticks_every_check_with_pages_that_there_are() -> None:
    readme = (examples.EXAMPLES / "README.md").read_text("utf-8")
    counts = [len(pages(name)) for name in NAMES]
    rows = [
        line.strip("| ").split(" | ") for line in readme.splitlines() if line.startswith("| ") and "---" not in line
    ]
    checks = [row for row in rows if len(row) == len(NAMES) + 2 and row[0] != "What is checked"]
    assert len(checks) > 20
    for _, _, *ticked in checks:
        for named, count in zip(ticked, counts, strict=True):
            assert _PAGES.fullmatch(named.removeprefix("✓ ")), named
            assert all(int(page) <= count for page in re.findall(r"\d+", named))
