"""Result files as real tools write them, read into one shape; what is hostile is refused with the place."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.integrations.formats import json_stream
from services.integrations.formats.faults import ResultFileUnreadable
from services.integrations.formats.reading import read, unpacked
from services.integrations.formats.texts import severity_of_score, time, url

FILES = Path(__file__).parent / "results"


def results_of(content: bytes, named: str | None = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    *parts, last = read({"format": named}, iter([content]))
    return [row for part in parts for row in unpacked(part)], unpacked(last)


def of_file(name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    return results_of((FILES / name).read_bytes())


def refused(content: bytes, named: str | None = None) -> tuple[str, str]:
    with pytest.raises(ResultFileUnreadable) as caught:
        results_of(content, named)
    (fault,) = caught.value.faults
    return fault.pointer, fault.detail


# By file: format, tool, verdicts that are not zero, vulnerabilities, and three checks by name with what they came to.
EXPECTED: list[tuple[str, str, str, dict[str, int], int, dict[str, str]]] = [
    (
        "pytest.xml",
        "junit",
        "junit",
        {"pass": 1, "fail": 1, "error": 1, "inconclusive": 1},
        0,
        {
            "sample_tests.test_passes": "pass",
            "sample_tests.test_is_skipped": "inconclusive",
            "sample_tests.test_errs": "error",
        },
    ),
    ("bandit.sarif", "sarif", "Bandit", {"fail": 6}, 0, {"B602": "fail", "B105": "fail", "B324": "fail"}),
    ("ruff.sarif", "sarif", "ruff", {"fail": 5}, 0, {"S602": "fail", "S101": "fail", "S307": "fail"}),
    (
        "trivy.json",
        "trivy",
        "Trivy",
        {"pass": 1, "fail": 4, "inconclusive": 2},
        3,
        {"DS002": "fail", "DS001": "pass", "DS026": "inconclusive", "aws-access-key-id": "fail"},
    ),
    (
        "prowler.ocsf.json",
        "ocsf",
        "Prowler",
        {"pass": 2, "fail": 2, "inconclusive": 1},
        0,
        {
            "s3_bucket_public_access": "fail",
            "s3_bucket_default_encryption": "pass",
            "account_maintain_current_contact_details": "inconclusive",
        },
    ),
    (
        "findings.ocsf.jsonl",
        "ocsf",
        "Example Scanner",
        {"pass": 2, "fail": 3, "inconclusive": 1},
        2,
        {"iam-6": "pass", "RDS.3": "fail", "RDS.9": "inconclusive"},
    ),
]


@pytest.mark.parametrize(("name", "kind", "tool", "verdicts", "vulnerabilities", "checks"), EXPECTED)
def test_counts_and_checks_agree_with_the_tool(
    name: str, kind: str, tool: str, verdicts: dict[str, int], vulnerabilities: int, checks: dict[str, str]
) -> None:
    rows, summary = of_file(name)
    assert (summary["format"], summary["run"]["tool"]) == (kind, tool)
    assert {verdict: count for verdict, count in summary["verdicts"].items() if count} == verdicts
    assert (summary["results"], summary["vulnerabilities"]) == (len(rows), vulnerabilities)
    told = {check["check"]: check["verdict"] for check in summary["checks"]}
    assert {check: told[check] for check in checks} == checks


def test_requirements_resources_and_times_are_taken_over() -> None:
    rows, summary = of_file("prowler.ocsf.json")
    assert rows[1]["requirements"] == [
        {"framework": "SOC2", "requirement": "cc_6_1"},
        {"framework": "CIS-2.0", "requirement": "2.1.4"},
        {"framework": "NIST-800-53-Revision-5", "requirement": "ac_3"},
        {"framework": "NIST-800-53-Revision-5", "requirement": "sc_7"},
    ]
    assert (rows[1]["resource"], rows[1]["severity"]) == ("arn:aws:s3:::site", "medium")
    # Seconds and not milliseconds; the text beside them is local and has no zone.
    assert rows[0]["observed_at"] == "2026-05-14T09:00:00+00:00"
    assert (rows[4]["verdict"], rows[4]["suppression"]) == ("fail", "muted")
    (public,) = (check for check in summary["checks"] if check["check"] == "s3_bucket_public_access")
    assert public["verdicts"] == {"pass": 1, "fail": 1}
    assert public["detail"] == "Bucket site is reported FAIL."


def test_a_vulnerability_is_told_with_its_fix_and_the_secret_is_not_kept() -> None:
    rows, summary = of_file("trivy.json")
    first = rows[0]
    assert (first["check"], first["kind"], first["severity"]) == (
        "CVE-2026-1111 / openssl",
        "vulnerability",
        "critical",
    )
    assert (first["fixed_in"], first["resource"]) == ("3.0.13-1", "registry.example.com/api:1.4.0 (debian 12.5)")
    assert summary["run"]["run"] == "registry.example.com/api:1.4.0 2026-05-14T09:00:00.123456+00:00"
    assert "AWS_KEY" not in json.dumps([rows, summary])
    rows, _ = of_file("findings.ocsf.jsonl")
    assert rows[4]["fixed_at"] == "2026-05-14T09:00:00+00:00"
    assert rows[3]["first_seen_at"] == "2026-05-05T16:53:20+00:00"


def sarif(*results: dict[str, Any], **run: Any) -> bytes:
    rules = [{"id": "R1", "relationships": [{"target": {"id": "CC6.1", "toolComponent": {"name": "SOC2"}}}]}]
    made = {"results": list(results), "tool": {"driver": {"name": "T", "rules": rules}}} | run
    return json.dumps({"version": "2.1.0", "runs": [made]}).encode()


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ({}, "fail"),
        ({"kind": "pass"}, "pass"),
        ({"kind": "notApplicable"}, "not_applicable"),
        ({"kind": "open"}, "inconclusive"),
        ({"kind": "of another world"}, "inconclusive"),
        ({"suppressions": [{"status": "accepted", "justification": "known"}]}, "inconclusive"),
        ({"suppressions": [{"status": "underReview"}]}, "fail"),
        ({"suppressions": [{"kind": "inSource"}]}, "fail"),
        ({"baselineState": "absent"}, "inconclusive"),
    ],
)
def test_sarif_is_a_failure_unless_it_says_otherwise(result: dict[str, Any], verdict: str) -> None:
    (row,), _ = results_of(sarif({"ruleId": "R1", **result}))
    assert row["verdict"] == verdict
    assert row["requirements"] == [{"framework": "SOC2", "requirement": "CC6.1"}]


def test_a_run_of_sarif_that_failed_proves_nothing() -> None:
    failed = [{"executionSuccessful": False, "toolExecutionNotifications": [{"message": {"text": "out of memory"}}]}]
    rows, summary = results_of(sarif({"ruleId": "R1", "kind": "pass"}, {"ruleId": "R1/2"}, invocations=failed))
    assert [row["verdict"] for row in rows] == ["error", "inconclusive", "fail"]
    assert rows[0]["detail"] == "out of memory"
    assert {check["check"]: check["verdict"] for check in summary["checks"]}["R1"] == "inconclusive"
    assert results_of(sarif({"ruleId": "R1", "kind": "informational"}))[1]["results"] == 0


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ("<testcase name='a'/>", "pass"),
        ("<testcase name='a'><skipped/></testcase>", "inconclusive"),
        ("<testcase name='a'><flakyFailure message='at first'/></testcase>", "inconclusive"),
        ("<testcase name='a'><skipped/><failure/></testcase>", "fail"),
        ("<testcase name='a' status='notrun'/>", "inconclusive"),
        ("<testcase name='a' result='suppressed'/>", "inconclusive"),
    ],
)
def test_what_did_not_run_or_only_passed_at_last_is_no_pass(case: str, verdict: str) -> None:
    nested = f"<testsuites><testsuite name='s'><testsuite name='t' timestamp='2026-05-14T09:00:00'>{case}</testsuite>"
    (row,), summary = results_of(f"{nested}</testsuite></testsuites>".encode())
    assert row["verdict"] == verdict
    assert row["observed_at"] is None  # a local time without a zone may be half a day off
    assert summary["run"]["run"] == "t 2026-05-14T09:00:00"


ENTITIES = b'<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'
EXTERNAL = b'<!DOCTYPE t SYSTEM "file:///etc/passwd"><testsuite/>'
HOSTILE: list[tuple[bytes, str | None, str, str]] = [
    (b"", None, "", "the file ends here"),
    (b"hello", None, "", "this is no JSON: Expecting value"),
    (b"{}", None, "", "this is none of the formats that are read"),
    (b"<html/>", None, "", "this is none of the formats that are read"),
    (ENTITIES, None, "line 1, column 1", "a document type is not taken"),
    (EXTERNAL, None, "line 1, column 40", "a document type is not taken"),
    (b"<testsuite><testcase></testsuite>", None, "line 1, column 24", "mismatched tag"),
    (b"<testsuite><testcase name='a'/>", None, "line 1, column 32", "no element found"),
    (b"<testsuite>" * 200, None, "line 1, column 1101", "nested over 100 deep"),
    (b"<testsuite><testcase>" + b"<a/>" * 30_000 + b"</testcase></testsuite>", None, "line 1", "has over 20,000"),
    (b"<?xml version='1.0' encoding='of-another-world'?><testsuite/>", None, "line 1", "encoding"),
    (sarif({})[:-10], None, "/runs/0/tool", "this is no JSON"),
    (b'{"version": "2.0.0", "runs": []}', None, "/version", "is not 2.1.0"),
    (b'{"runs": [{"results": [7]}]}', None, "/runs/0/results/0", "a result is an object"),
    (b'{"runs": [{"results": [' + b"[" * 100_000, None, "/runs/0/results/0", "nested too deeply"),
    (b'{"runs": [{"results": [{"a": ' + b"9" * 5000 + b"}]}]}", None, "/runs/0/results/0", "too many digits"),
    (b'{"runs": [{"results": [{"a": NaN}]}]}', None, "/runs/0/results/0", "NaN is no number"),
    (b'{"runs": [{"results": [{} {}]}]}', None, "/runs/0/results", "`,` is expected"),
    (b'{"runs": [{"results": [{}]', None, "/runs/0", "the end of the file"),
    (b'{"runs": [{"results": [{"a": "\xff"}]}]}', None, "byte 30", "not UTF-8"),
    (b'{"runs": [{"externalPropertyFileReferences": {"results": [{}]}}]}', None, "/runs/0", "in other files"),
    (b"[7]", "ocsf", "", "this is none of the formats that are read"),
    (sarif(), "trivy", "", "this is sarif and not trivy"),
    (b"<testsuite/>", "sarif", "", "this is junit and not sarif"),
]


@pytest.mark.parametrize(("content", "named", "place", "detail"), HOSTILE)
def test_hostile_input_is_refused_with_the_place(content: bytes, named: str | None, place: str, detail: str) -> None:
    found, said = refused(content, named)
    assert found.startswith(place)
    assert detail in said


def test_a_list_of_nothing_is_of_the_format_that_is_named() -> None:
    assert results_of(b" [ ] ", "ocsf")[1]["results"] == 0
    assert refused(b"[]")[1].startswith("this is none of the formats")


def test_one_value_may_not_be_without_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LARGEST_VALUE", 1000)
    content = b'{"runs": [{"results": [{"a": "' + b"x" * 600_000 + b'"}]}]}'
    assert refused(content) == ("/runs/0/results/0", "the value has over 1,000 characters")


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (1778749200, "2026-05-14T09:00:00+00:00"),
        (1778749200000, "2026-05-14T09:00:00+00:00"),
        ("2026-05-14T11:00:00+02:00", "2026-05-14T09:00:00+00:00"),
        *((value, None) for value in (-1, 1e300, float("inf"), True, None, "", "x" * 100, "0001-01-01T00:00:00+23:59")),
    ],
)
def test_times_are_between_1970_and_2200_or_none(value: Any, known: str | None) -> None:
    read_time = time(value)
    assert (read_time.isoformat() if read_time else None) == known


def test_addresses_and_scores() -> None:
    assert url("https://example.com/a") == "https://example.com/a"
    assert [url(each) for each in ("javascript:alert(1)", "https://a b", "https://\u0007", 7, None)] == [None] * 5
    scores = [severity_of_score(each) for each in ("9.8", 7, 0.0, "x", 11, None, float("nan"))]
    assert scores == ["critical", "high", "informational", None, None, None, None]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A payload with a few bytes changed, cut out, doubled, or with another value somewhere."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(made)), chance.randint(1, 40)
        match chance.randrange(5):
            case 0:
                made[at] = chance.randrange(256)
            case 1:
                del made[at : at + length]
            case 2:
                made[at:at] = made[at : at + length]
            case 3:
                made[at : at + length] = chance.choice(
                    [b"null", b"-1e999", b'"\\ud800"', b"[[{}]]", b"{}", b"true", b"0"]
                )
            case _:
                del made[at + length * 20 :]
        made = made or bytearray(b" ")
    return bytes(made)


def replaced(value: Any, chance: random.Random) -> Any:
    """The same document with another value at a place somewhere in it."""
    if chance.random() < 0.15 or not isinstance(value, dict | list) or not value:
        odd: list[Any] = [
            None,
            True,
            -1,
            1e308,
            10**300,
            "",
            "\ud800\u0000",
            [],
            {},
            [[]],
            [None],
            {"": {}},
            "x" * 5000,
        ]
        return chance.choice(odd)
    if isinstance(value, list):
        at = chance.randrange(len(value))
        return [replaced(each, chance) if place == at else each for place, each in enumerate(value)]
    name = chance.choice(list(value))
    return {key: replaced(each, chance) if key == name else each for key, each in value.items()}


def payloads(chance: random.Random) -> Iterator[bytes]:
    for path in sorted(FILES.iterdir()):
        if path.suffix == ".md":
            continue
        content = path.read_bytes()
        yield from (mutated(content, chance) for _ in range(60))
        if path.suffix not in {".xml", ".jsonl"}:
            document = json.loads(content)
            yield from (json.dumps(replaced(document, chance)).encode() for _ in range(60))


def test_mutated_files_are_read_or_refused(request: pytest.FixtureRequest) -> None:
    """Whatever comes, it is read or refused: nothing else is raised, and nothing that cannot be written comes out."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - a failure is repeated by it
    outcomes = {"read": 0, "refused": 0}
    for content in payloads(random.Random(seed)):
        try:
            rows, summary = results_of(content)
        except ResultFileUnreadable:
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
            json.dumps([rows, summary]).encode()
            assert all("\x00" not in text and text.isprintable() for row in rows for text in texts_of(row))
    assert min(outcomes.values()) > 50


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_of(each)
