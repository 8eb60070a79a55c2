"""`python -m deploy.release 0.2.0`: stamps a version wherever it stands, writes the contracts, commits and tags.

The version is one word: in `pyproject.toml`, in `shared/version.py` and so in the contracts, in the images of
`docker-compose.yml`, in `CHANGELOG.md` and in the tag, which `make check` compares the next contract with. Nothing is
pushed.
"""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from shared.clock import now

ROOT = Path(__file__).parent.parent
# Where the version stands: a file, and what surrounds it there.
STAMPED: Mapping[str, str] = {
    "pyproject.toml": r'(?m)(?<=^version = ")[^"]+(?=")',
    "shared/version.py": r'(?m)(?<=^VERSION = ")[^"]+(?=")',
    "docker-compose.yml": r"(?<=\$\{ATTEST_VERSION:-)[^}]+(?=\})",
}
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-rc\.(\d+))?")
_UNRELEASED = "## Unreleased\n"


class ReleaseRefused(Exception):  # noqa: N818 - a refusal is an answer
    """The release cannot be made; the text says why."""


def main() -> int:
    """Release the version that is named; say why not, and leave everything as it is, when it cannot be."""
    try:
        release(ROOT, sys.argv[1] if len(sys.argv) > 1 else "")
    except ReleaseRefused as refused:
        print(refused)
        return 1
    return 0


def release(root: Path, version: str) -> None:
    """Stamp `version`, write the contracts, commit and tag it."""
    order = order_of(version)
    if _git(root, "status", "--porcelain"):
        raise ReleaseRefused("There are changes that are not committed; a release is what is committed.")
    released = [tag.removeprefix("v") for tag in _git(root, "tag", "--list", "v[0-9]*").split()]
    if newer := [version for version in released if order_of(version) >= order]:
        raise ReleaseRefused(f"{max(newer, key=order_of)} is released already; a version only rises.")
    changelog = released_changelog((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    (root / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    (root / "deploy" / "compatibility" / "declared.txt").write_text("", encoding="utf-8")
    for name, place in STAMPED.items():
        path = root / name
        path.write_text(re.sub(place, version, path.read_text(encoding="utf-8")), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "deploy.contracts"], cwd=root, check=True)
    _git(root, "commit", "--quiet", "--all", "--message", f"Release {version}")
    _git(root, "tag", "--annotate", f"v{version}", "--message", f"Attest {version}")
    print(f"Attest {version} is committed and tagged as v{version}: git push --follow-tags publishes it.")


def order_of(version: str) -> tuple[int, int, int, float]:
    """How versions are ordered: a release candidate before its release."""
    parts = _VERSION.fullmatch(version)
    if parts is None:
        raise ReleaseRefused("Name the version as in: make release VERSION=0.2.0 (or 0.2.0-rc.1)")
    major, minor, patch, candidate = parts.groups()
    return int(major), int(minor), int(patch), float(candidate) if candidate else float("inf")


def released_changelog(text: str, version: str) -> str:
    """The changelog with what was unreleased under the version and today's date, and an empty list of what comes."""
    _, heading, rest = text.partition(_UNRELEASED)
    if not heading or not rest.partition("\n## ")[0].strip():
        raise ReleaseRefused("CHANGELOG.md has nothing under Unreleased, so there is nothing to release.")
    return text.replace(_UNRELEASED, f"{_UNRELEASED}\n## {version} ({now().date()})\n", 1)


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git as it is installed
    if run.returncode:
        raise ReleaseRefused(f"git {arguments[0]}: {run.stderr.strip()}")
    return run.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
