"""Workbooks made part by part, as no program writes them."""

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(
    sheet: str,
    *,
    folder: str = "xl",
    texts: str = "",
    styles: str = "",
    parts: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """A workbook of one sheet, whose `sheetData` this is; `parts` are others, or take the place of these."""
    names = {
        "worksheet": f"/{folder}/worksheets/sheet1.xml",
        "sharedStrings": f"/{folder}/sharedStrings.xml",
        "styles": "styles.xml",
    }
    related = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(names.items(), start=1)
    )
    written: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relations(
            f'<Relationship Id="b" Type="{_RELATIONS}/officeDocument" Target="{folder}/workbook.xml"/>'
        ),
        f"{folder}/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        f"{folder}/_rels/workbook.xml.rels": _relations(related),
        f"{folder}/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        f"{folder}/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{texts}</sst>',
        f"{folder}/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
        **parts,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():
            archive.writestr(name, content)
    return out.getvalue()


def inline(text: str, reference: str | None = None) -> str:
    """A cell with its text in it, with or without saying where it is."""
    where = "" if reference is None else f' r="{reference}"'
    return f'<c{where} t="inlineStr"><is><t>{text}</t></is></c>'


def _relations(inside: str) -> str:
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )
