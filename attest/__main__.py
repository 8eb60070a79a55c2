"""`python -m attest verify`: whatever Attest gives out (bundles, engagement files, reports), or an installation."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Annotated, Any

import typer

from attest import additions, bundles, certificates, reports, trails
from attest.findings import Broken, Holds, Trust, fingerprint_of
from attest.installations import NotAsked, verify_installation

_LARGEST_DOCUMENT = 64 * 1024 * 1024
_DOCUMENTS = {
    certificates.FORMAT: certificates.verify_certificate,
    additions.FORMAT: additions.verify_addition,
}
app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Check what Attest gave out, or compare what the services of an installation hold."""


@app.command()
def verify(
    target: Annotated[
        str,
        typer.Argument(
            help="Bundle, engagement file or an addition to one, certificate, report or exported trail; or the address"
            " of an installation, https://…"
        ),
    ],
    key: Annotated[
        list[str] | None, typer.Option(help="Fingerprint (or public key in hexadecimal) of a key you trust")
    ] = None,
    heads: Annotated[
        list[Path] | None, typer.Option(exists=True, help="Heads that another service witnessed (…/trail/heads)")
    ] = None,
    tsa_root: Annotated[
        list[Path] | None, typer.Option(exists=True, help="Root certificate of a timestamping authority, PEM")
    ] = None,
    signature: Annotated[
        Path | None, typer.Option(exists=True, help="Detached signature of a report; else <report>.sig.json beside it")
    ] = None,
    token: Annotated[
        str, typer.Option(envvar="ATTEST_TOKEN", help="Access token that may read the trail, for an installation")
    ] = "",
) -> None:
    """Say what holds, and leave with 0; name the first thing wrong, and leave with 1; with 2 where it cannot be said.

    That is when an installation does not answer, or when no other service has seen one of its trails yet.
    """
    trust = Trust(frozenset(fingerprint_of(path) for path in key or ()), tuple(heads or ()), tuple(tsa_root or ()))
    try:
        holds = verify_installation(target, token) if _is_address(target) else verified(_file(target), trust, signature)
    except Broken as finding:
        print(f"BROKEN  {finding}")
        sys.exit(1)
    except NotAsked as finding:
        print(f"UNKNOWN {finding}")
        sys.exit(2)
    verdict = "UNWITNESSED" if holds.unwitnessed else "HOLDS  "
    print("\n".join([f"{verdict} {target}", *(f"        {line}" for line in holds.lines)]))
    sys.exit(2 if holds.unwitnessed else 0)


def _is_address(target: str) -> bool:
    return target.startswith(("https://", "http://"))


def _file(target: str) -> Path:
    file = Path(target)
    if not file.is_file():
        raise typer.BadParameter(f"there is no file {target}")
    return file


def verified(file: Path, trust: Trust, signature: Path | None = None) -> Holds:
    """What holds of a file of any kind that Attest gives out."""
    with file.open("rb") as opened:
        begins = opened.read(4)
    if begins == b"%PDF":
        return reports.verify_report(file, trust, signature)
    if begins[:2] == b"PK" or zipfile.is_zipfile(file):
        return bundles.verify_bundle(file, trust)
    document = _document(file)
    if check := _DOCUMENTS.get(str(document.get("format"))):
        return check(document, trust)
    return trails.verify_trail(file, trust)


def _document(file: Path) -> dict[str, Any]:
    """A file that is one JSON object; nothing for any other."""
    if file.stat().st_size > _LARGEST_DOCUMENT:
        return {}
    try:
        document = json.loads(file.read_bytes())
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


if __name__ == "__main__":
    app()
