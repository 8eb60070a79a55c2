"""`python -m attest verify FILE`: a bundle, a certificate of disposal or an exported trail."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Annotated, Any

import typer

from attest import bundles, certificates, trails
from attest.findings import Broken, Holds, Trust, fingerprint_of

_LARGEST_CERTIFICATE = 64 * 1024 * 1024
app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Check offline what Attest gave out."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Bundle, certificate or exported trail")],
    key: Annotated[
        list[str] | None, typer.Option(help="Fingerprint (or public key in hexadecimal) of a key you trust")
    ] = None,
    heads: Annotated[
        list[Path] | None, typer.Option(exists=True, help="Heads that another service witnessed (…/trail/heads)")
    ] = None,
    tsa_root: Annotated[
        list[Path] | None, typer.Option(exists=True, help="Root certificate of a timestamping authority, PEM")
    ] = None,
) -> None:
    """Say what holds, and leave with 0; or name the first thing wrong, and leave with 1."""
    trust = Trust(frozenset(fingerprint_of(each) for each in key or ()), tuple(heads or ()), tuple(tsa_root or ()))
    try:
        holds = verified(file, trust)
    except Broken as finding:
        print(f"BROKEN  {finding}")
        sys.exit(1)
    print("\n".join([f"HOLDS   {file.name}", *(f"        {line}" for line in holds.told)]))


def verified(file: Path, trust: Trust) -> Holds:
    """What holds of a file of any kind that Attest gives out."""
    with file.open("rb") as opened:
        begins = opened.read(2)
    if begins == b"PK" or zipfile.is_zipfile(file):
        return bundles.verify_bundle(file, trust)
    if document := _certificate(file):
        return certificates.verify_certificate(document, trust)
    return trails.verify_trail(file, trust)


def _certificate(file: Path) -> dict[str, Any] | None:
    if file.stat().st_size > _LARGEST_CERTIFICATE:
        return None
    try:
        document = json.loads(file.read_bytes())
    except ValueError:
        return None
    is_one = isinstance(document, dict) and document.get("format") == certificates.FORMAT
    return document if is_one else None


if __name__ == "__main__":
    app()
