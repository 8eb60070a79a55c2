"""OSCAL assessment results (NIST), in JSON.

Findings say the state, and the observations that they rest on have the evidence: an observation alone is no result.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import IO, Any

from services.integrations.formats.contents import Reported, ResultVerdict, Run
from services.integrations.formats.faults import pointer, unreadable
from services.integrations.formats.json_stream import EACH, OPENED, members
from services.integrations.formats.texts import LONGEST_RESOURCE, at, detail, dicts, has_zone, text, time, url

ROOT = "assessment-results"
FRAMEWORK = "OSCAL"  # a finding names a control by its id; the catalogue that it is of is named in another file
_RESULTS = (ROOT, "results", EACH)
_OBSERVATIONS, _FINDINGS = (*_RESULTS, "observations", EACH), (*_RESULTS, "findings", EACH)
# Long members that nothing is taken from are streamed past.
_PAST = ((*_RESULTS, "risks", EACH), (ROOT, "back-matter", "resources", EACH))
_STATES: Mapping[str, ResultVerdict] = MappingProxyType(
    {"satisfied": ResultVerdict.PASS, "not-satisfied": ResultVerdict.FAIL}
)
_PART = re.compile(r"_(obj|smt|gdn|fr|asm).*$")  # what an id has behind that of its control
_MOST_OBSERVATIONS = 200_000


@dataclass(frozen=True, slots=True)
class _Observation:
    subjects: tuple[str, ...]
    collected_at: datetime | None
    url: str | None


@dataclass(slots=True)
class _Known:
    """What findings refer to, and when each result ended."""

    observations: dict[str, _Observation] = field(default_factory=dict)
    ended_at: dict[int, datetime | None] = field(default_factory=dict)


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """The findings of every result. Read twice: observations may stand behind the findings that rest on them."""
    run.tool = "OSCAL"
    known = _known(file, run)
    for path, value in members(file, (_FINDINGS, _OBSERVATIONS, *_PAST)):
        if len(path) == len(_FINDINGS) and path[3] == "findings" and isinstance(path[2], int):
            if not isinstance(value, dict):
                raise unreadable(pointer(path), "a finding is an object")
            yield _reported(value, known, known.ended_at.get(path[2]))


def _known(file: IO[bytes], run: Run) -> _Known:
    known = _Known()
    for path, value in members(file, (_OBSERVATIONS, _FINDINGS, *_PAST)):
        if path == (ROOT, "metadata"):
            run.tool_version = text(at(value, "oscal-version"))
        elif path[:2] != _RESULTS[:2] or len(path) < 4 or not isinstance(path[2], int):  # noqa: PLR2004
            continue
        elif path[3] == "uuid" and run.run is None:
            run.run = text(value)
        elif path[3] in {"start", "end"}:
            when = time(value) if has_zone(value) else None
            known.ended_at[path[2]] = max(filter(None, (when, known.ended_at.get(path[2]))), default=None)
            run.observed_at = max(filter(None, (when, run.observed_at)), default=None)
        elif path[3] == "observations" and isinstance(value, dict):
            if len(known.observations) >= _MOST_OBSERVATIONS:
                raise unreadable(pointer(path), f"a file may have {_MOST_OBSERVATIONS:,} observations")
            known.observations[str(value.get("uuid"))] = _observation(value)
        elif path[3] == "observations" and value is not OPENED and not isinstance(value, list):
            raise unreadable(pointer(path), "an observation is an object")
    return known


def _observation(given: Mapping[str, Any]) -> _Observation:
    named = (text(each.get("title")) or text(each.get("subject-uuid")) for each in dicts(given.get("subjects")))
    collected = given.get("collected")
    evidence = (url(each.get("href")) for each in dicts(given.get("relevant-evidence")))
    return _Observation(
        subjects=tuple(name for name in named if name)[:20],
        collected_at=time(collected) if has_zone(collected) else None,
        url=next(filter(None, evidence), None),
    )


def _reported(finding: Mapping[str, Any], known: _Known, ended_at: datetime | None) -> Reported:
    """A finding is about a control's objective or statement: that is its check, since it is the same in every run."""
    target = text(at(finding, "target", "target-id"), 400) or "a finding without a target"
    state = at(finding, "target", "status", "state")
    related = [str(each.get("observation-uuid")) for each in dicts(finding.get("related-observations"))]
    rests_on = [known.observations[uuid] for uuid in related if uuid in known.observations]
    subjects = dict.fromkeys(subject for each in rests_on for subject in each.subjects)
    collected = max((each.collected_at for each in rests_on if each.collected_at), default=None)
    return Reported(
        check=target,
        verdict=_STATES.get(state, ResultVerdict.INCONCLUSIVE)
        if isinstance(state, str)
        else ResultVerdict.INCONCLUSIVE,
        title=text(finding.get("title")),
        requirements=((FRAMEWORK, _PART.sub("", target)),),
        resource=text(", ".join(subjects), LONGEST_RESOURCE),
        observed_at=collected or ended_at,
        detail=detail(finding.get("description")),
        url=next((each.url for each in rests_on if each.url), None),
    )
