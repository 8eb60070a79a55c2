"""XCCDF test results (NISTIR 7275), alone, with their benchmark, or in an ARF report (NISTIR 7694).

A rule names its requirements in the benchmark, which stands before the results where the file has it at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO

from services.integrations.formats.contents import MOST_CHECKS, Reported, ResultSeverity, ResultVerdict, Run
from services.integrations.formats.faults import unreadable
from services.integrations.formats.texts import LONGEST_RESOURCE, detail, has_zone, severity, text, time
from services.integrations.formats.xml_stream import Element, Node, elements

ROOTS = frozenset({"Benchmark", "TestResult", "asset-report-collection"})
_RESULT = "TestResult"
# Table 26 of NISTIR 7275 rev. 4. What was not selected, or only informs, is no result.
_VERDICTS: Mapping[str, ResultVerdict | None] = MappingProxyType(
    {
        "pass": ResultVerdict.PASS,
        "fixed": ResultVerdict.PASS,
        "fail": ResultVerdict.FAIL,
        "error": ResultVerdict.ERROR,
        "unknown": ResultVerdict.INCONCLUSIVE,
        "notchecked": ResultVerdict.INCONCLUSIVE,
        "notapplicable": ResultVerdict.NOT_APPLICABLE,
        "notselected": None,
        "informational": None,
    }
)
# A part of the address or system of a reference, and the framework that it is of.
_FRAMEWORKS = (
    ("sp.800-53", "NIST-800-53"),
    ("sp800-53", "NIST-800-53"),
    ("sp.800-171r3", "NIST-800-171"),
    ("cyber.mil/stigs/cci", "CCI"),
    ("cyber.mil/cci", "CCI"),
    ("iase.disa.mil/cci", "CCI"),
    ("/cce", "CCE"),
    ("cce.mitre.org", "CCE"),
    ("cisecurity.org", "CIS"),
    ("pcisecuritystandards.org", "PCI-DSS"),
)
_MOST_RULES = 5 * MOST_CHECKS


@dataclass(frozen=True, slots=True)
class _Rule:
    title: str | None
    severity: ResultSeverity | None
    requirements: tuple[tuple[str, str], ...]


def read(file: IO[bytes], run: Run) -> Iterator[Reported]:
    """The rule results of every test result; a rule may have several, one for each of its checks."""
    rules: dict[str, _Rule] = {}
    of: Node | None = None  # the test result that we are in
    target: str | None = None
    for element in elements(file, {"Rule", "target", "rule-result", "score"}):
        node, outside = element.node, element.within[-1] if element.within else None
        if node.name == "Rule":
            if len(rules) >= _MOST_RULES:
                raise unreadable("", f"a file may describe {_MOST_RULES:,} rules")
            rules[node.get("id") or ""] = _rule(node)
        elif outside is not None and outside.name == _RESULT:
            if outside is not of:
                of, target = outside, None
                _learn(run, outside)
            if node.name == "target":
                target = target or text(node.text, LONGEST_RESOURCE)
            elif node.name == "rule-result":
                reported = _reported(element, of, rules.get(node.get("idref") or ""), target)
                if reported is not None:
                    yield reported
    if of is None:
        raise unreadable("", "there is no test result in it")


def _learn(run: Run, result: Node) -> None:
    """Of the first test result. Its id is often the same in every run, so that the time belongs to the name."""
    if run.tool is not None:
        return
    run.tool, run.tool_version = _tool(result.get("test-system") or "")
    started, ended = result.get("start-time"), result.get("end-time")
    run.observed_at = time(ended) if has_zone(ended) else None
    run.run = text(" ".join(part for part in (result.get("id"), started or ended) if part))


def _tool(system: str) -> tuple[str, str | None]:
    """By the name of CPE, 2.2 (`cpe:/a:vendor:product:version`) or 2.3."""
    if system.startswith("cpe:/"):
        parts = system.removeprefix("cpe:/").split(":")
    else:
        parts = system.removeprefix("cpe:2.3:").split(":")
    product = text(parts[2]) if len(parts) > 2 else None  # noqa: PLR2004 - part, vendor, product, version
    version = text(parts[3]) if len(parts) > 3 else None  # noqa: PLR2004
    return product or "XCCDF", version


def _rule(node: Node) -> _Rule:
    title = node.first("title")
    return _Rule(
        title=text(title.text) if title else None,
        severity=severity(node.get("severity")),
        requirements=tuple(dict.fromkeys(_requirements(node))),
    )


def _reported(element: Element, result: Node, rule: _Rule | None, target: str | None) -> Reported | None:
    """A rule result; None for what was not selected or only informs."""
    node = element.node
    said = node.first("result")
    verdict = _VERDICTS.get(said.text.strip(), ResultVerdict.INCONCLUSIVE) if said else ResultVerdict.INCONCLUSIVE
    if verdict is None:
        return None
    overridden = _overridden(node)
    if overridden is not None and verdict == ResultVerdict.PASS:
        verdict = ResultVerdict.INCONCLUSIVE
    when = node.get("time")
    when = when if has_zone(when) else result.get("end-time")
    own = tuple(_requirements(node))
    return Reported(
        check=text(node.get("idref"), 400) or "a rule without an id",
        verdict=verdict,
        title=rule.title if rule else None,
        requirements=tuple(dict.fromkeys((*(rule.requirements if rule else ()), *own))),
        resource=target,
        severity=severity(node.get("severity")) or (rule.severity if rule else None),
        observed_at=time(when) if has_zone(when) else None,
        detail=detail("; ".join(each.text.strip() for each in node.all("message"))),
        suppression=overridden,
    )


def _overridden(node: Node) -> str | None:
    """Why a person gave a rule another result than the tool."""
    override = node.first("override")
    if override is None:
        return None
    remark = override.first("remark")
    return (detail(remark.text) if remark else None) or "the result was overridden"


def _requirements(node: Node) -> Iterator[tuple[str, str]]:
    """What a rule, or its result, is identified by and refers to."""
    for name, attribute in (("reference", "href"), ("ident", "system")):
        for each in node.all(name):
            address = text(each.get(attribute))
            framework = _framework(address) if address else None
            for reference in each.text.split(","):
                if framework and (named := text(reference)):
                    yield framework, named


def _framework(address: str) -> str:
    lower = address.lower()
    return next((named for part, named in _FRAMEWORKS if part in lower), address)
