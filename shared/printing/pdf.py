"""A document as PDF, by Typst: PDF/A-2a, which lasts, and PDF/UA-1, which can be read aloud.

Runs in a child process.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typst

from shared.printing.problems import CannotBePrinted
from shared.printing.typesetting import FONTS
from shared.problems import Fault

_TEMPLATE = (Path(__file__).parent / "document.typ").read_bytes()
_STANDARDS: list[Any] = ["a-2a", "ua-1"]
_LONG_ROW = 900  # characters; a row that is longer may break over pages
_LONG_WORD = re.compile(r"\S{28}(?=\S)")
_NO_GLYPH = re.compile(r"the text `(.+?)` could not be displayed")
_PART_BYTES = 256 * 1024


def write_pdf(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """The document that comes as JSON; `arguments` are the seconds since 1970 that it says it was made at.

    `CannotBePrinted` for characters that the fonts do not have.
    """
    document = prepared(json.loads(b"".join(given)))
    try:
        pdf = typst.compile(
            _TEMPLATE,
            font_paths=FONTS,
            sys_inputs={"document": json.dumps(document)},
            pdf_standards=_STANDARDS,
            timestamp=arguments,
        )
    except typst.TypstError as error:
        raise _refusal(error) from error
    for place in range(0, len(pdf), _PART_BYTES):
        yield pdf[place : place + _PART_BYTES]


def prepared(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what only this form needs: which rows stay on one page, and where long words may break."""
    for part in document["parts"]:
        for block in part["blocks"]:
            if block["type"] == "table":
                block["rows"] = _rows(block["rows"])
    return document


def _rows(rows: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The rows, each with whether it stays whole: together with those that its first cell spans."""
    done: list[dict[str, Any]] = []
    place = 0
    while place < len(rows):
        group = rows[place : place + max(cell["rows"] for cell in rows[place])]
        length = sum(max(len(cell["text"]) for cell in row) for row in group)
        for row in group:
            for cell in row:
                cell["text"] = _LONG_WORD.sub("\\g<0>\u200b", cell["text"])
            done.append({"cells": row, "whole": length < _LONG_ROW})
        place += len(group)
    return done


def _refusal(error: typst.TypstError) -> Exception:
    """The refusal of text that cannot be printed; any other error is the template's, and ours."""
    missing = _NO_GLYPH.search(error.message)
    if not missing:
        return error
    detail = (
        f"the fonts of documents have nothing for {missing[1]}: they have Latin, Greek and Cyrillic letters and signs."
    )
    return CannotBePrinted("The document has a character that cannot be printed.", faults=[Fault("", detail)])
