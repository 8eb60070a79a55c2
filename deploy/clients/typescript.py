"""TypeScript types of the whole API, as openapi-typescript generates them, compiled strictly."""

import re
from pathlib import Path

from deploy.clients.contract import Contract
from deploy.clients.node import run

_STRICT = ("--strict", "--noEmit", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess")
_UNTYPED = re.compile(r'"application/json": (?:unknown|any);')


def findings(contract: Contract, folder: Path) -> list[str]:
    """The operations that the types leave out, JSON bodies without a type, and what the compiler says."""
    target = folder / "attest.d.ts"
    generated = run("openapi-typescript", str(contract.path), "--output", str(target))
    if generated.returncode:
        return [f"TypeScript client: {generated.stdout}{generated.stderr}"]
    text = target.read_text(encoding="utf-8")
    names = set(re.findall(r"^    (\w+): \{$", text.partition("export interface operations {")[2], re.MULTILINE))
    missing = [f"TypeScript client: {name} is left out" for name in sorted(contract.operations.keys() - names)]
    untyped = [f"TypeScript client: {len(found)} JSON bodies have no type"] if (found := _UNTYPED.findall(text)) else []
    compiled = run("tsc", *_STRICT, str(target))
    return [*missing, *untyped, *(f"TypeScript client: {line}" for line in compiled.stdout.splitlines())]
