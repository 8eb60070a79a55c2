"""A release stamps one version everywhere, commits and tags it, or changes nothing."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.release import ROOT, STAMPED, ReleaseRefused, order_of, release, released_changelog

_COPIED = ("shared", "services", "deploy", "docs", "pyproject.toml", "docker-compose.yml", "CHANGELOG.md")


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - git as it is installed
    return run.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of its own with what a release changes."""
    for name in _COPIED:
        source = ROOT / name
        unneeded = shutil.ignore_patterns("node_modules", "__pycache__")
        _ = (
            shutil.copytree(source, tmp_path / name, ignore=unneeded)
            if source.is_dir()
            else shutil.copy(source, tmp_path)
        )
    git(tmp_path, "init", "--quiet")
    for name, value in (("user.name", "Test"), ("user.email", "test@example.com")):
        git(tmp_path, "config", name, value)
    git(tmp_path, "add", "--all", "--force")
    git(tmp_path, "commit", "--quiet", "--message", "As it is")
    return tmp_path


def versions(root: Path) -> set[str]:
    """The version in every place that has it."""
    stamped = {
        found for name, place in STAMPED.items() for found in re.findall(place, (root / name).read_text("utf-8"))
    }
    contracts = (*(root / "services").glob("*/openapi.json"), *(root / "services/gateway/contract").glob("*api.json"))
    return stamped | {json.loads(path.read_text("utf-8"))["info"]["version"] for path in contracts}


def test_the_version_is_one_word() -> None:
    (version,) = versions(ROOT)
    order_of(version)


def test_a_release_is_stamped_committed_and_tagged_once(repository: Path) -> None:
    release(repository, "7.0.0")
    assert versions(repository) == {"7.0.0"}
    changelog = (repository / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## Unreleased\n\n## 7\.0\.0 \(\d{4}-\d\d-\d\d\)\n\n### Added\n", changelog, re.MULTILINE)
    assert git(repository, "log", "-1", "--format=%s") == "Release 7.0.0"
    assert git(repository, "rev-parse", "v7.0.0^{commit}") == git(repository, "rev-parse", "HEAD")
    assert git(repository, "status", "--porcelain") == ""
    for version in ("7.0.0", "6.9.9", "7.0.0-rc.1"):
        with pytest.raises(ReleaseRefused, match="released already"):
            release(repository, version)
    with pytest.raises(ReleaseRefused, match="nothing to release"):
        release(repository, "7.0.1")
    (repository / "CHANGELOG.md").write_text("changed", encoding="utf-8")
    with pytest.raises(ReleaseRefused, match="not committed"):
        release(repository, "7.0.1")


@pytest.mark.parametrize("version", ["", "1", "1.0", "v1.0.0", "1.0.0-beta", "1.0.0+1", "1.0.0 ", "01.0"])
def test_a_version_has_one_form(version: str) -> None:
    with pytest.raises(ReleaseRefused, match="make release VERSION="):
        order_of(version)


def test_a_candidate_comes_before_its_release() -> None:
    assert order_of("1.9.9") < order_of("1.10.0-rc.2") < order_of("1.10.0-rc.10") < order_of("1.10.0")


def test_what_comes_next_has_a_place_again() -> None:
    text = "# Changelog\n\n## Unreleased\n\n### Added\n\n* It.\n\n## 0.1.0 (2026-01-01)\n"
    assert released_changelog(text, "0.2.0").startswith("# Changelog\n\n## Unreleased\n\n## 0.2.0 (")
