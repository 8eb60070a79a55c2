"""Cloud Custodian: the two files of each policy, `metadata.json` and `resources.json`, one after the other.

It lists what violates a policy and nothing else. A policy is passed when it ran without an error and its list is empty.
A policy that failed leaves no list: no list is an error, and never a pass.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from services.integrations.formats.contents import Reported, ResultVerdict, Run
from services.integrations.formats.faults import unreadable
from services.integrations.formats.json_stream import EACH, OPENED, members
from services.integrations.formats.texts import LONGEST_RESOURCE, at, dicts, severity, strings, text, time

_REQUIREMENTS = ("frameworks", "compliance", "requirements")  # members of a policy's metadata, by convention
_IDS = ("Arn", "arn", "ARN", "id", "ResourceId", "InstanceId", "Name", "name")


@dataclass(slots=True)
class _Policy:
    """A policy that ran, and how many resources its list has so far; None before the list begins."""

    metadata: Mapping[str, Any]
    listed: int | None = None


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """What each policy came to: a failure for each resource that violates it."""
    run.tool = "Cloud Custodian"
    policy: _Policy | None = None
    for path, value in members(file, ((EACH,),)):
        if path == () and value is OPENED:
            if policy is None or policy.listed is not None:
                raise unreadable("", "a list of resources stands behind the metadata of its policy")
            policy.listed = 0
        elif path == ():
            if not isinstance(value, dict) or not isinstance(value.get("policy"), dict):
                raise unreadable("", "this is neither the metadata of a policy nor its list of resources")
            if policy is not None:
                yield from _concluded(policy)
            policy = _Policy(value)
            _learn(run, value)
        elif policy is not None and policy.listed is not None:
            policy.listed += 1
            yield _reported(policy, ResultVerdict.FAIL, resource=_resource(policy, value))
    if policy is not None:
        yield from _concluded(policy)


def _learn(run: Run, metadata: Mapping[str, Any]) -> None:
    run.run = run.run or text(at(metadata, "execution", "id"))
    run.tool_version = run.tool_version or text(metadata.get("version"))
    ended = time(at(metadata, "execution", "end_time"))
    run.observed_at = max(filter(None, (run.observed_at, ended)), default=None)


def _concluded(policy: _Policy) -> Iterator[Reported]:
    """What is to be said of a policy besides the resources that violate it."""
    metrics = {text(each.get("MetricName")): each.get("Value") for each in dicts(policy.metadata.get("metrics"))}
    counted = metrics.get("ResourceCount")
    if metrics.get("PolicyException"):
        yield _reported(policy, ResultVerdict.ERROR, said="the policy failed")
    elif policy.listed is None:
        yield _reported(policy, ResultVerdict.ERROR, said="there is no list of resources")
    elif isinstance(counted, (int, float)) and counted != policy.listed:
        yield _reported(policy, ResultVerdict.ERROR, said=f"{counted:g} resources are counted, {policy.listed} listed")
    elif not policy.listed:
        yield _reported(policy, ResultVerdict.PASS)


def _reported(
    policy: _Policy, verdict: ResultVerdict, *, resource: str | None = None, said: str | None = None
) -> Reported:
    written = policy.metadata["policy"]
    return Reported(
        check=text(written.get("name"), 400) or "a policy without a name",
        verdict=verdict,
        title=text(written.get("description")),
        requirements=tuple(_requirements(written.get("metadata"))),
        resource=resource,
        severity=severity(at(written, "metadata", "severity")),
        observed_at=time(at(policy.metadata, "execution", "end_time")),
        detail=said,
    )


def _resource(policy: _Policy, found: Any) -> str | None:
    """By its type and the member that is most likely its id; nothing else of it is kept."""
    kind = text(policy.metadata["policy"].get("resource"))
    if not isinstance(found, dict):
        return kind
    named = (found.get(name) for name in (*_IDS, *(name for name in found if name.endswith(("Id", "Arn", "Name")))))
    key = next((known for each in named if isinstance(each, (str, int)) and (known := text(each))), None)
    return text(" ".join(part for part in (kind, key) if part), LONGEST_RESOURCE)


def _requirements(metadata: Any) -> Iterator[tuple[str, str]]:
    for name in _REQUIREMENTS:
        by_framework = at(metadata, name)
        for framework, references in by_framework.items() if isinstance(by_framework, dict) else ():
            for reference in strings(references):
                if (named := text(framework)) and (of := text(reference)):
                    yield named, of
