"""JUnit XML, as many tools write it: there is no schema, suites nest, and times are often local without a zone."""

from collections.abc import Iterator
from typing import IO

from services.integrations.formats.contents import Reported, ResultVerdict, Run
from services.integrations.formats.texts import detail, has_zone, text, time
from services.integrations.formats.xml_stream import Element, Node, elements

ROOTS = frozenset({"testsuites", "testsuite"})
# Whatever is there decides, the first of these first. Surefire's flaky children say that it passed only when run again.
_CHILDREN = (
    ("error", ResultVerdict.ERROR),
    ("failure", ResultVerdict.FAIL),
    ("skipped", ResultVerdict.INCONCLUSIVE),
    ("flakyError", ResultVerdict.INCONCLUSIVE),
    ("flakyFailure", ResultVerdict.INCONCLUSIVE),
    ("rerunError", ResultVerdict.INCONCLUSIVE),
    ("rerunFailure", ResultVerdict.INCONCLUSIVE),
)
_NOT_RUN = frozenset({"notrun", "skipped", "disabled", "ignored", "suppressed"})  # GoogleTest's `status` and `result`
_REQUIREMENT = "requirement"  # a property of this name has `FRAMEWORK:REFERENCE`


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """The test cases, each by its class and name."""
    run.tool = "junit"
    for element in elements(file, {"testcase"}):
        suite = element.within[-1] if element.within else None
        if run.run is None:
            run.run = _name_of(element.within)
        yield _reported(element, suite)


def _reported(element: Element, suite: Node | None) -> Reported:
    case = element.node
    verdict, reason = _verdict(case)
    name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
    said = None if reason is None else " ".join(part for part in (reason.get("message"), reason.text) if part)
    when = case.get("timestamp") or (suite.get("timestamp") if suite else None)
    line = f":{case.get('line')}" if case.get("line") else ""
    return Reported(
        check=text(name) or "a test without a name",
        verdict=verdict,
        requirements=tuple(_requirements(case)),
        resource=text(f"{case.get('file')}{line}") if case.get("file") else None,
        # A local time without a zone may be half a day off: the time at which the file came is the better one.
        observed_at=time(when) if has_zone(when) else None,
        detail=detail(said),
    )


def _verdict(case: Node) -> tuple[ResultVerdict, Node | None]:
    for name, verdict in _CHILDREN:
        if (child := case.first(name)) is not None:
            return verdict, child
    ran = not {(case.get(name) or "").lower() for name in ("status", "result")} & _NOT_RUN
    return (ResultVerdict.PASS if ran else ResultVerdict.INCONCLUSIVE), None


def _requirements(case: Node) -> Iterator[tuple[str, str]]:
    for properties in case.all("properties"):
        for each in properties.all("property"):
            if each.get("name") == _REQUIREMENT:
                framework, _, reference = (each.get("value") or each.text).strip().partition(":")
                if framework.strip() and reference.strip():
                    yield framework.strip(), reference.strip()


def _name_of(within: tuple[Node, ...]) -> str | None:
    """The first suite's name and time, of the outermost that has both."""
    named = ((node.get("name"), node.get("timestamp")) for node in within)
    return next((text(f"{name} {when}") for name, when in named if name and when), None)
