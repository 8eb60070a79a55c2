"""What verification says: the first thing that is wrong, or what holds."""

from dataclasses import dataclass, field
from pathlib import Path

from shared.trail.seal import fingerprint


class Broken(Exception):  # noqa: N818 - a finding, not an error of ours
    """The first thing wrong: in which part, and what."""

    def __init__(self, part: str, what: str) -> None:
        super().__init__(f"{part}: {what}")
        self.part = part
        self.what = what


@dataclass(frozen=True, slots=True)
class Trust:
    """What the verifier was given by another way than the file: fingerprints of keys, heads, an authority's roots."""

    keys: frozenset[str] = frozenset()
    heads: tuple[Path, ...] = ()
    roots: tuple[Path, ...] = ()

    def vouches_for(self, key_id: str, part: str) -> None:
        """`Broken` unless the key is one of those that are trusted."""
        if key_id not in self.keys:
            raise Broken(
                part,
                f"signed with the key {key_id}, which nobody vouches for; if the organisation tells you this"
                " fingerprint by another way than this file, pass it as --key",
            )


@dataclass(slots=True)
class Holds:
    """What was verified, in words; `unwitnessed` are the services whose trails nobody else has seen."""

    lines: list[str] = field(default_factory=list)
    unwitnessed: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        self.lines.append(line)


def fingerprint_of(given: str) -> str:
    """The fingerprint that `--key` names: itself, or that of the raw public key in hexadecimal."""
    try:
        public = bytes.fromhex(given)
    except ValueError:
        return given
    return fingerprint(public)
