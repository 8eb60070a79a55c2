"""What bytes are, whatever they are called: their media type from what they begin and end with. Pure.

puremagic knows thousands of signatures. It does not look into a ZIP, knows executables only by their ending, and takes
a byte or two for a type: what is risky or often wrong is decided here, and of its answers only the firm ones count.
"""

from collections.abc import Collection

import puremagic

HEAD = 8 * 1024
TAIL = 16 * 1024

TEXT = "text/plain"
BYTES = "application/octet-stream"
# What says no more than that it is text or bytes, so that a declared type may well be true.
VAGUE = frozenset({TEXT, BYTES})

_FIRM = 0.3
_WINDOWS = "application/vnd.microsoft.portable-executable"
_ZIP = "application/zip"
_EXECUTABLES = {
    b"\x7fELF": "application/x-executable",
    b"\xfe\xed\xfa\xce": "application/x-mach-binary",
    b"\xfe\xed\xfa\xcf": "application/x-mach-binary",
    b"\xce\xfa\xed\xfe": "application/x-mach-binary",
    b"\xcf\xfa\xed\xfe": "application/x-mach-binary",
    b"\xca\xfe\xba\xbe": "application/java-vm",  # or a universal Mach-O binary, which begins the same
    b"#!": "text/x-shellscript",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OOXML = "application/vnd.openxmlformats-officedocument."
_IN_ZIP = (
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"word/vbaProject.bin", "application/vnd.ms-word.document.macroenabled.12"),
    (b"xl/vbaProject.bin", "application/vnd.ms-excel.sheet.macroenabled.12"),
    (b"ppt/vbaProject.bin", "application/vnd.ms-powerpoint.presentation.macroenabled.12"),
    (b"word/document.xml", f"{_OOXML}wordprocessingml.document"),
    (b"xl/workbook.xml", f"{_OOXML}spreadsheetml.sheet"),
    (b"ppt/presentation.xml", f"{_OOXML}presentationml.presentation"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)


def detected(head: bytes, tail: bytes) -> str:
    """The media type of bytes that begin with `head` (up to `HEAD` of them) and end with `tail` (up to `TAIL`)."""
    if head.startswith(b"MZ") and _is_program(head):
        return _WINDOWS
    for signature, media_type in _EXECUTABLES.items():
        if head.startswith(signature):
            return media_type
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(head, tail)
    if head.startswith(_OLE):
        return "application/x-ole-storage"  # Word, Excel, an installer: told apart only by what is inside
    return _known(head) or (TEXT if _is_text(head) else BYTES)


def refused(media_types: Collection[str], *, allowed: Collection[str], denied: Collection[str]) -> str | None:
    """The first of these types that is denied, or not among the allowed ones if any are named; None when all pass."""
    for given in media_types:
        if given in denied or (allowed and given not in allowed):
            return given
    return None


def judged(declared: str, found: str) -> list[str]:
    """The types that a policy judges: what the bytes are, and what they are declared as."""
    return [declared] if found in VAGUE else [found, declared]


def _is_program(head: bytes) -> bool:
    at = int.from_bytes(head[0x3C:0x40], "little")
    return b"DOS mode" in head or head[at : at + 2] in {b"PE", b"NE", b"LE", b"LX"}


def _of_zip(head: bytes, tail: bytes) -> str:
    """The names of a ZIP's members are at its end, and those of its first ones at its beginning."""
    if head[30:38] == b"mimetype":  # OpenDocument and EPUB: the first member is not compressed and says it
        written = head[38:118].split(b"PK")[0].decode("ascii", "replace").strip()
        if written.isprintable() and written.startswith("application/"):
            return written
    names = head + tail
    return next((media_type for name, media_type in _IN_ZIP if name in names), _ZIP)


def _known(head: bytes) -> str | None:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    return next((match.mime_type for match in matches if match.mime_type and match.confidence >= _FIRM), None)


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # unless the head ends within a character
            return False
        text = head[: error.start].decode("utf-8")
    return all(character.isprintable() or character in "\t\r\n\f\ufeff" for character in text)
