"""Types: found in the bytes, whatever they are called; what is not taken here is refused by what it is."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.stack import Stack
from services.evidence.intake.media import HEAD, TAIL, detected, judged, refused
from services.evidence.settings import FileSettings
from tests.evidence.another import another, at
from tests.evidence.test_files import stored
from tests.support import Organisation, created, problem

PROGRAM = b"MZ" + bytes(58) + (128).to_bytes(4, "little") + bytes(64) + b"PE\0\0" + bytes(500)


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, f"{name} " * 2000)
    return file.getvalue()


def of(content: bytes) -> str:
    return detected(content[:HEAD], content[-TAIL:])


OOXML = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"who,what\n1,2\n", "text/plain"),
        ("Überblick, größer".encode(), "text/plain"),
        (b"BM is how this text begins", "text/plain"),
        (b"", "text/plain"),
        (b"\x00\x01\x02\x03\x99", "application/octet-stream"),
        (b"MZ is the beginning of a word\x00", "application/octet-stream"),
        (PROGRAM, "application/vnd.microsoft.portable-executable"),
        (b"\x7fELF\x02\x01\x01", "application/x-executable"),
        (b"\xcf\xfa\xed\xfe\x07", "application/x-mach-binary"),
        (b"#!/bin/sh\nexit 0\n", "text/x-shellscript"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (zipped("a.txt", "b.txt"), "application/zip"),
        (zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"), f"{OOXML}wordprocessingml.document"),
        (zipped("[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml"), f"{OOXML}spreadsheetml.sheet"),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), f"{OOXML}presentationml.presentation"),
        (
            zipped("xl/workbook.xml", "xl/vbaProject.bin"),
            "application/vnd.ms-excel.sheet.macroenabled.12",
        ),
        (zipped("META-INF/MANIFEST.MF", "A.class"), "application/java-archive"),
    ],
)
def test_bytes_are_what_they_are(content: bytes, media_type: str) -> None:
    assert of(content) == media_type


def test_the_first_member_of_an_open_document_says_what_it_is() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<a/>")
    assert of(file.getvalue()) == "application/vnd.oasis.opendocument.text"


@given(st.binary(max_size=4000))
def test_any_bytes_have_a_type(content: bytes) -> None:
    kind, slash, subtype = of(content).partition("/")
    assert kind.isascii()
    assert slash == "/"
    assert subtype


def test_text_that_is_cut_within_a_character_is_still_text() -> None:
    whole = ("In words: " + "ü€😀" * 4000).encode()
    assert {of(whole[:end]) for end in range(HEAD - 9, HEAD + 9)} == {"text/plain"}


def test_a_policy_judges_what_it_is_and_what_it_is_called() -> None:
    pdf, program, text = "application/pdf", "application/x-executable", "text/plain"
    assert refused(judged(pdf, program), allowed=(), denied={program}) == program
    assert refused(judged(program, text), allowed=(), denied={program}) == program
    assert refused(judged("text/csv", text), allowed={"text/csv"}, denied=()) is None
    assert refused(judged(pdf, "image/png"), allowed={pdf}, denied=()) == "image/png"
    assert refused(judged("image/png", pdf), allowed={pdf}, denied=()) == "image/png"
    assert refused(judged(pdf, pdf), allowed=(), denied=()) is None


def test_lists_are_read_as_an_operator_writes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTEST_ALLOWED_MEDIA_TYPES", "application/PDF, text/csv,")
    assert FileSettings().allowed_media_types == {"application/pdf", "text/csv"}


async def test_a_program_called_a_document_is_refused_by_what_it_is(stack: Stack, org: Organisation) -> None:
    headers = {"Content-Type": "application/pdf", "Content-Disposition": 'attachment; filename="report.pdf"'}
    named = problem(await org.owner.post("/v1/files", content=PROGRAM, headers=headers), 415, "file-type-refused")
    assert "portable-executable" in named["detail"]
    assert "application/pdf" in named["detail"]
    assert stored(stack, org) == {}


async def test_what_is_declared_and_what_it_is_are_both_kept(org: Organisation) -> None:
    content = zipped("[Content_Types].xml", "xl/workbook.xml")
    file = created(await org.owner.post("/v1/files", content=content, headers={"Content-Type": "text/csv"}))
    assert (file["media_type"], file["detected_type"]) == ("text/csv", f"{OOXML}spreadsheetml.sheet")


async def test_an_operator_says_what_is_taken(stack: Stack, org: Organisation) -> None:
    settings = {"ATTEST_ALLOWED_MEDIA_TYPES": "application/pdf", "ATTEST_LARGEST_UPLOAD_BYTES": "100"}
    async with another(stack, settings) as url, at(url, org.owner) as there:
        pdf, as_pdf = b"%PDF-1.7\nhello", {"Content-Type": "application/pdf"}
        created(await there.post("/v1/files", content=pdf, headers=as_pdf))
        as_text = await there.post("/v1/files", content=b"hello", headers={"Content-Type": "text/plain"})
        named = problem(as_text, 415, "file-type-refused")
        assert named["errors"][0]["detail"] == "text/plain"
        larger = problem(await there.post("/v1/files", content=pdf * 20, headers=as_pdf), 413, "too-large")
        assert "100" in larger["detail"]
