"""`python -m deploy.uv …`: uv, with the index, the certificates and the links that pip has been told of.

Behind a company's mirror or certificate authority people have pip set up, by `PIP_…` variables or `pip.conf`, and uv
reads neither. What uv has been told itself, by `UV_…` or `SSL_CERT_FILE`, goes first. Without a file of certificates
both trust those of the system.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_SETTING = re.compile(r"^(.+)\.([a-z-]+)=(.+)$", re.MULTILINE)
# Where pip finds a setting, the strongest last.
_SECTIONS = ("global", "install", ":env:")
_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}
# Names under which uv may have been told the same.
_OLDER = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}
_BY_COMMA = {"find-links"}
_ADDRESSES = {"index-url", "extra-index-url"}  # uv takes a folder for something else than pip does


def main() -> None:
    """Become uv."""
    asked = [sys.executable, "-m", "pip", "config", "list"]
    printed = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - pip of this Python
    uv = str(Path(sys.executable).parent / "uv")
    os.execve(uv, [uv, *sys.argv[1:]], environment(settings(printed), os.environ))  # noqa: S606 - the pinned uv


def settings(printed: str) -> dict[str, str]:
    """Pip's settings by name, from what `pip config list` prints."""
    found = {(section, name): str(ast.literal_eval(value)) for section, name, value in _SETTING.findall(printed)}
    return {name: value for wanted in _SECTIONS for (section, name), value in found.items() if section == wanted}


def environment(pip: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The variables uv runs with: those that are given, and what pip's settings say where they say nothing."""
    derived = {"UV_SYSTEM_CERTS": "true"}
    if bundle := given.get("REQUESTS_CA_BUNDLE"):
        derived["SSL_CERT_FILE"] = bundle
    for name, variable in _NAMES.items():
        values = [value for value in pip.get(name, "").split() if name not in _ADDRESSES or value.startswith("http")]
        if values and _OLDER.get(variable, variable) not in given:
            derived[variable] = ("," if name in _BY_COMMA else " ").join(values)
    return {**derived, **given}


if __name__ == "__main__":
    main()
