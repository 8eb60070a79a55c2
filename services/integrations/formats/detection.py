"""Which format a file has, by its beginning; and what reads each."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any

from services.integrations.formats import checkov, custodian, cyclonedx, hdf, junit, ocsf, oscal, sarif, trivy, xccdf
from services.integrations.formats.contents import Reported, ResultFormat, Run
from services.integrations.formats.faults import unreadable
from services.integrations.formats.json_stream import EACH, Path, members
from services.integrations.formats.xml_stream import root_of

READERS: Mapping[ResultFormat, Callable[[IO[bytes], Run], Iterator[Reported]]] = MappingProxyType(
    {
        ResultFormat.JUNIT: junit.read,
        ResultFormat.SARIF: sarif.read,
        ResultFormat.TRIVY: trivy.read,
        ResultFormat.OCSF: ocsf.read,
        ResultFormat.CYCLONEDX: cyclonedx.read,
        ResultFormat.XCCDF: xccdf.read,
        ResultFormat.HDF: hdf.read,
        ResultFormat.OSCAL: oscal.read,
        ResultFormat.CHECKOV: checkov.read,
        ResultFormat.CUSTODIAN: custodian.read,
    }
)
_ROOTS: Mapping[str, ResultFormat] = MappingProxyType(
    dict.fromkeys(junit.ROOTS, ResultFormat.JUNIT) | dict.fromkeys(xccdf.ROOTS, ResultFormat.XCCDF)
)
# The first member of a document, or of the first object of a list, that decides.
_MEMBERS: Mapping[str, ResultFormat] = MappingProxyType(
    {
        "runs": ResultFormat.SARIF,
        "SchemaVersion": ResultFormat.TRIVY,
        "ArtifactName": ResultFormat.TRIVY,
        "class_uid": ResultFormat.OCSF,
        "category_uid": ResultFormat.OCSF,
        "finding_info": ResultFormat.OCSF,
        "bomFormat": ResultFormat.CYCLONEDX,
        "profiles": ResultFormat.HDF,
        oscal.ROOT: ResultFormat.OSCAL,
        "check_type": ResultFormat.CHECKOV,
        "checkov_version": ResultFormat.CHECKOV,
        "execution": ResultFormat.CUSTODIAN,
        "sys-stats": ResultFormat.CUSTODIAN,
    }
)
# Long lists are looked into and not read whole; `?` is the name of no member.
_LISTS = ("runs", "Results", "components", "vulnerabilities", "dependencies", "services", "profiles")
_PATTERNS = ((EACH, "?"), (oscal.ROOT, "?"), *((name, EACH, "?") for name in _LISTS))
_LONGEST_BEGINNING = 64 * 1024  # bytes
_KNOWN = ", ".join(ResultFormat)


def format_of(file: IO[bytes]) -> ResultFormat:
    """The format; `ResultFileUnreadable` when it is none of those that are read."""
    found = _ROOTS.get(root_of(file)) if is_xml(file) else _by_members(file)
    if found is None:
        raise unreadable("", f"this is none of the formats that are read ({_KNOWN})")
    return found


def is_xml(file: IO[bytes]) -> bool:
    """Whether the first character that is no space is `<`, in UTF-8 or UTF-16."""
    file.seek(0)
    beginning = file.read(_LONGEST_BEGINNING)
    return beginning.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")


def _by_members(file: IO[bytes]) -> ResultFormat | None:
    for path, value in members(file, _PATTERNS):
        if (known := _decides(path, value)) is not None:
            return known
    return None


def _decides(path: Path, value: Any) -> ResultFormat | None:
    names = [part for part in path if isinstance(part, str)]
    if len(names) == 1 and len(path) <= 2:  # noqa: PLR2004 - a member of the document, or of an object of its list
        return _MEMBERS.get(names[0])
    if not path and isinstance(value, dict):
        return next((_MEMBERS[name] for name in value if name in _MEMBERS), None)
    return None
