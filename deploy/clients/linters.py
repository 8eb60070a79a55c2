"""Spectral and Redocly, with their recommended rules."""

import json
from pathlib import Path

from deploy.clients.contract import Contract
from deploy.clients.node import run

_HERE = Path(__file__).parent


def spectral(contract: Contract, _folder: Path) -> list[str]:
    """What Spectral finds."""
    linted = run("spectral", "lint", str(contract.path), "--ruleset", str(_HERE / "spectral.yml"), "--format", "json")
    if not linted.stdout.startswith("["):
        return [f"Spectral: {linted.stdout}{linted.stderr}"]
    results, _ = json.JSONDecoder().raw_decode(linted.stdout)  # a sentence follows where there are none
    return [f"Spectral: {result['code']}: {result['message']} ({'/'.join(result['path'])})" for result in results]


def redocly(contract: Contract, _folder: Path) -> list[str]:
    """What Redocly finds."""
    linted = run("redocly", "lint", str(contract.path), "--config", str(_HERE / "redocly.yml"), "--format", "json")
    if not linted.stdout.startswith("{"):
        return [f"Redocly: {linted.stdout}{linted.stderr}"]
    problems = json.loads(linted.stdout)["problems"]
    return [
        f"Redocly: {problem['ruleId']}: {problem['message']} ({problem['location'][0].get('pointer')})"
        for problem in problems
    ]
