"""From a document to the requirements of a version, and from a version back to a catalogue."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from services.controls.documents.catalogue import contents_of
from services.controls.documents.contents import TABLE, Contents, Origin, Source, Understood
from services.controls.documents.faults import DocumentInvalid
from services.controls.documents.oscal import check_catalogue, check_profile, hrefs
from services.controls.documents.own import read_own
from services.controls.documents.profiles import Imported, resolve
from services.controls.documents.reading import read_json
from services.controls.documents.tables import read_table
from services.controls.documents.writing import written
from shared.problems import Fault

_OTHER_MODELS = frozenset(
    {
        "component-definition",
        "system-security-plan",
        "assessment-plan",
        "assessment-results",
        "plan-of-action-and-milestones",
        "mapping-collection",
    }
)


def understand(raw: bytes, media_type: str, bases: Sequence[Source]) -> Understood:
    """The requirements in a document; `DocumentUnreadable` or `DocumentInvalid` with every fault."""
    if media_type == TABLE:
        _refuse_bases(bases)
        return Understood(Origin.CSV, read_table(raw))
    document = read_json(raw)
    members = set(document) if isinstance(document, dict) else set()
    if "profile" in members:
        check_profile(document)
        resolved = resolve(document, _imported(document, bases))
        return Understood(Origin.PROFILE, contents_of(resolved, at="/profile"))
    _refuse_bases(bases)
    if "catalog" in members:
        remarks: list[Fault] = []
        check_catalogue(document, remarks=remarks)
        read = contents_of(document["catalog"])
        return Understood(Origin.OSCAL, Contents(read.label, read.entries, read.parts, remarks))
    if other := sorted(members & _OTHER_MODELS):
        raise DocumentInvalid(
            f"This is an OSCAL {other[0]}; a framework version is made of a catalog or a profile.",
            faults=[Fault(f"/{other[0]}", "neither a catalog nor a profile")],
        )
    return Understood(Origin.JSON, read_own(document))


def catalogue_of(source: Source) -> Mapping[str, Any]:
    """What a profile selects from: the catalogue that was imported, or one written from what is stored."""
    if source.origin == Origin.OSCAL:
        catalogue: Mapping[str, Any] = _parsed(source)["catalog"]
        return catalogue
    if source.origin == Origin.PROFILE:
        document = _parsed(source)
        return resolve(document, _imported(document, source.bases))
    rewritten: Mapping[str, Any] = written(source.published, source.entries, source.parts)["catalog"]
    return rewritten


def _imported(document: Mapping[str, Any], bases: Sequence[Source]) -> dict[str, Imported]:
    """What each `href` of a profile stands for: the bases in the order in which it names them, or the only one."""
    named = list(dict.fromkeys(href for _, href in hrefs(document)))
    if len(bases) not in {1, len(named)}:
        told = ", ".join(href[:200] for href in named[:20])
        detail = f"say for each of the {len(named)} documents that the profile imports which version it is: {told}"
        raise DocumentInvalid("The profile cannot be resolved.", faults=[Fault("query/base", detail)])
    loaded = {base.published.version_id: base for base in bases}
    imported = {key: Imported(catalogue_of(base)) for key, base in loaded.items()}
    chosen = bases if len(bases) == len(named) else [bases[0]] * len(named)
    return {href: imported[base.published.version_id] for href, base in zip(named, chosen, strict=True)}


def _refuse_bases(bases: Sequence[Source]) -> None:
    if bases:
        raise DocumentInvalid(
            "Only an OSCAL profile can be resolved against existing versions.",
            faults=[Fault("query/base", "this document is no profile")],
        )


def _parsed(source: Source) -> Any:
    """A document that was checked when it came."""
    return json.loads(source.document.decode("utf-8-sig"))
