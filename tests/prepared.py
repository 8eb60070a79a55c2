"""A state folder with every database made and migrated, copied for each stack instead of being made again."""

import asyncio
import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.ports import Ports
from deploy.local.services import ROOT, all_services
from deploy.local.stack import Stack

# All that decides what a database is like before a service has used it.
_SOURCES = (
    "requirements.lock",
    "deploy/local/*.py",
    "shared/**/*.py",
    "services/*/migrations/*",
    "services/*/shipped/*",
)


async def prepared_stack(state: Path, config: pytest.Config) -> Stack:
    """A stack whose databases are made already, and which waits for no disk: it would lose data in a power failure."""
    assert config.cache, "the cache of pytest keeps the folder to copy"
    template = await _template(config.cache.mkdir("attest"))
    # `cp -a` keeps the owner, who is another when the tests run as root.
    copying = await asyncio.create_subprocess_exec("cp", "-a", f"{template}/.", str(state))
    assert await copying.wait() == 0
    ready = [replace(service, provision=None) for service in all_services()]
    return Stack(state=state, ports=Ports.free(), with_services=ready, durable=False)


async def _template(cache: Path) -> Path:
    """The folder to copy, made by the first process that asks for it."""
    template = cache / _fingerprint()
    with (cache / "lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not template.exists():
            _discard_all(cache)
            draft = cache / "draft"
            await Stack(state=draft, ports=Ports.free(), durable=False).prepare()
            draft.rename(template)
    return template


def _discard_all(cache: Path) -> None:
    for outdated in cache.iterdir():
        if outdated.is_dir():
            shutil.rmtree(outdated)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for file in _files():
        digest.update(f"{file.relative_to(ROOT)}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for pattern in _SOURCES:
        yield from sorted(file for file in ROOT.glob(pattern) if file.is_file())
