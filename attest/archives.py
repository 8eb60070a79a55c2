"""A ZIP read as if somebody hostile had made it: names that leave the folder, links, bombs, bytes before or after."""

import hashlib
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zlib import error as ZlibError  # noqa: N812 - it is an error, and its name says so here

from attest.findings import Broken

_CHUNK = 256 * 1024
_ENCRYPTED = 0x1
_ARCHIVE = "archive"
_LONGEST_LINE = 4 * 1024 * 1024


class Archive:
    """The members of a ZIP by name. Nothing is read beyond the size that a caller expects, and nothing is unpacked."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
            raise Broken(_ARCHIVE, f"truncated, or not a ZIP ({error})") from error
        members = self._zip.infolist()
        self.names = frozenset(member.filename for member in members)
        for member in members:
            _refuse_hostile(member)
        if len(self.names) < len(members):
            raise Broken(_ARCHIVE, "holds two members of the same name")
        if self._zip.comment or min((member.header_offset for member in members), default=0) != 0:
            raise Broken(_ARCHIVE, "has bytes before its first member or after its last")

    def close(self) -> None:
        self._zip.close()

    def whole(self, name: str, *, most: int) -> bytes:
        """A small member as a whole."""
        return b"".join(self._chunks(name, most))

    def check(self, name: str, *, sha256: str, size: int) -> None:
        """`Broken` unless the member has this digest and size."""
        for _ in self._checked(name, sha256, size):
            pass

    def lines(self, name: str, *, sha256: str, size: int) -> Iterator[bytes]:
        """The lines of a list that has this digest and size, in constant memory. The digest is checked first."""
        self.check(name, sha256=sha256, size=size)
        rest = b""
        for chunk in self._chunks(name, size):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
            if len(rest) > _LONGEST_LINE:
                raise Broken(name, "has a line that is too long")
        if rest:
            raise Broken(name, "ends in the middle of a line")

    def _checked(self, name: str, sha256: str, size: int) -> Iterator[bytes]:
        digest, counted = hashlib.sha256(), 0
        for chunk in self._chunks(name, size):
            digest.update(chunk)
            counted += len(chunk)
            yield chunk
        if counted != size or digest.hexdigest() != sha256:
            raise Broken(name, "changed: its bytes are not those that were signed")

    def _chunks(self, name: str, most: int) -> Iterator[bytes]:
        if name not in self.names:
            raise Broken(name, "missing")
        counted = 0
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(_CHUNK):
                    counted += len(chunk)
                    if counted > most:
                        raise Broken(name, "changed: it is larger than what was signed")
                    yield chunk
        except (zipfile.BadZipFile, ZlibError, EOFError, OSError, RuntimeError) as error:
            raise Broken(name, f"cannot be read: {error or type(error).__name__}") from error


def _refuse_hostile(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    parts = PurePosixPath(name).parts
    plain = name == member.filename and name.isprintable() and not name.startswith("/") and "\\" not in name
    if not plain or ".." in parts or ":" in (parts or (":",))[0] or not name or name != str(PurePosixPath(name)):
        raise Broken(_ARCHIVE, f"hostile: a member is called {name!r}")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG} or member.flag_bits & _ENCRYPTED:
        raise Broken(_ARCHIVE, f"hostile: {name!r} is no plain file")
