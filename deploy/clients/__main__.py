"""`python -m deploy.clients`: can clients be generated from the contract, whole and typed, and do linters find nothing?

It generates a TypeScript client (openapi-typescript, compiled by a strict `tsc`) and a Python client
(openapi-python-client) into a temporary folder, and lints with Spectral and Redocly. It fails when a client leaves out
an operation or has no type for a JSON answer, and on any finding of a linter.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.clients import linters, python, typescript
from deploy.clients.contract import Contract, untyped_answers

CONTRACT = Path(__file__).parents[2] / "services" / "gateway" / "contract" / "openapi.json"
CHECKS = (python.findings, typescript.findings, linters.spectral, linters.redocly)


def main() -> int:
    """Run every check on the contract; print each finding, or one line that says how many operations are whole."""
    contract = Contract(CONTRACT, json.loads(CONTRACT.read_text(encoding="utf-8")))
    with TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        running = [pool.submit(check, contract, Path(folder)) for check in CHECKS]
        findings = [*untyped_answers(contract), *(finding for check in running for finding in check.result())]
    for finding in findings:
        print(finding)
    if findings:
        return 1
    print(f"Clients in TypeScript and Python have all {len(contract.operations)} operations; the linters find nothing.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
