"""Result files of scanners, each by its format's own words: CycloneDX, XCCDF, HDF, OSCAL, Checkov, Cloud Custodian."""

import json
from typing import Any

import pytest

from tests.integrations.test_result_formats import FILES, of_file, refused, results_of

# By file: format, tool, verdicts that are not zero, vulnerabilities, and three checks by name with what they came to.
EXPECTED: list[tuple[str, str, str, dict[str, int], int, dict[str, str]]] = [
    (
        "openscap.xccdf.xml",
        "xccdf",
        "openscap",
        {"pass": 2, "fail": 2, "inconclusive": 2, "not_applicable": 1},
        0,
        {
            "xccdf_com.example_rule_passwd_present": "pass",
            "xccdf_com.example_rule_several_checks": "fail",
            "xccdf_com.example_rule_by_hand": "inconclusive",
            "xccdf_com.example_rule_other_platform": "not_applicable",
        },
    ),
    (
        "openscap.arf.xml",
        "xccdf",
        "openscap",
        {"pass": 2, "fail": 2, "inconclusive": 2, "not_applicable": 1},
        0,
        {
            "xccdf_com.example_rule_passwd_present": "pass",
            "xccdf_com.example_rule_policy_present": "fail",
            "xccdf_com.example_rule_unknown_definition": "inconclusive",
        },
    ),
    (
        "openscap.hdf.json",
        "hdf",
        "Heimdall Tools",
        {"pass": 1, "fail": 2, "inconclusive": 2, "not_applicable": 3},
        0,
        {
            "xccdf_com.example_rule_passwd_present": "pass",
            "xccdf_com.example_rule_several_checks": "fail",
            "xccdf_com.example_rule_by_hand": "inconclusive",
            "xccdf_com.example_rule_informs": "not_applicable",
        },
    ),
    (
        "assessment.oscal.json",
        "oscal",
        "OSCAL",
        {"pass": 2, "fail": 1},
        0,
        {"ac-6.1_obj": "fail", "ia-5.1_smt.a": "pass", "au-2_obj.a-1": "pass"},
    ),
    (
        "checkov.json",
        "checkov",
        "Checkov",
        {"pass": 2, "fail": 3, "error": 1, "inconclusive": 1},
        0,
        {"CKV_AWS_21": "pass", "CKV_AWS_24": "fail", "CKV_AWS_23": "inconclusive", "parsing of files": "error"},
    ),
    (
        "custodian.jsonl",
        "custodian",
        "Cloud Custodian",
        {"pass": 1, "fail": 2, "error": 1},
        0,
        {"iam-user-without-mfa": "pass", "s3-without-owner-tag": "fail", "volumes-without-encryption": "error"},
    ),
    (
        "bom.cdx.json",
        "cyclonedx",
        "example-scanner",
        {"pass": 2, "fail": 2, "inconclusive": 1, "not_applicable": 2},
        7,
        {},
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
    assert results_of((FILES / name).read_bytes(), kind) == (rows, summary)


def of_check(name: str, check: str) -> dict[str, Any]:
    rows, _ = of_file(name)
    return next(row for row in rows if row["check"] == check)


def test_requirements_resources_and_times_are_taken_over() -> None:
    for name in ("openscap.xccdf.xml", "openscap.arf.xml"):
        row = of_check(name, "xccdf_com.example_rule_passwd_present")
        assert [(each["framework"], each["requirement"]) for each in row["requirements"]] == [
            ("NIST-800-53", "AC-3"),
            ("NIST-800-53", "IA-5(1)(a)"),
            ("CCI", "CCI-000213"),
            ("CIS", "16"),
            ("CCE", "CCE-80001-1"),
        ]
        assert (row["resource"], row["severity"]) == ("server-1.example.com", "medium")
        assert (row["observed_at"], row["title"]) == ("2026-05-14T09:00:00+00:00", "The password file is present")
    row = of_check("openscap.hdf.json", "xccdf_com.example_rule_policy_present")
    assert row["requirements"] == [
        {"framework": "NIST-800-53", "requirement": "CM-6 b"},
        {"framework": "CCI", "requirement": "CCI-000366"},
    ]
    row = of_check("assessment.oscal.json", "au-2_obj.a-1")
    assert (row["requirements"], row["resource"]) == (
        [{"framework": "OSCAL", "requirement": "au-2"}],
        "Log store, Directory",
    )
    assert (row["observed_at"], row["url"]) == ("2026-05-14T08:50:00+00:00", "https://scans.example.com/13")
    row = of_check("custodian.jsonl", "s3-without-owner-tag")
    assert row["requirements"] == [{"framework": "NIST-800-53", "requirement": "CM-8"}]
    assert (row["resource"], row["severity"]) == ("aws.s3 acme-logs", "medium")
    row = of_check("checkov.json", "CKV_AWS_23")
    assert (row["suppression"], row["resource"]) == ("Described in the wiki", "/main.tf aws_security_group.ssh")


def test_vulnerabilities_of_a_bill_of_materials_are_told_by_package() -> None:
    rows, summary = of_file("bom.cdx.json")
    assert summary["run"]["run"] == "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79/2"
    assert summary["checks"] == []  # vulnerabilities are no checks
    first = rows[0]
    assert (first["check"], first["resource"]) == ("CVE-2026-2001 / openssl", "pkg:deb/debian/openssl")
    assert (first["severity"], first["requirements"]) == (
        "critical",
        [{"framework": "CWE", "requirement": "CWE-787"}],
    )
    assert {row["check"]: row["fixed_at"] for row in rows if row["fixed_at"]} == {
        "CVE-2026-2006 / openssl": "2026-05-14T09:00:00+00:00",
        "CVE-2026-2007 / openssl": "2026-05-14T09:00:00+00:00",
    }


def xccdf(*results: str, rules: str = "") -> bytes:
    said = "".join(f"<rule-result idref='r'>{result}</rule-result>" for result in results)
    return f"<Benchmark>{rules}<TestResult id='t'><target>h</target>{said}</TestResult></Benchmark>".encode()


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ("<result>pass</result>", "pass"),
        ("<result>fixed</result>", "pass"),
        ("<result>fail</result>", "fail"),
        ("<result>error</result>", "error"),
        ("<result>unknown</result>", "inconclusive"),
        ("<result>notchecked</result>", "inconclusive"),
        ("<result>notapplicable</result>", "not_applicable"),
        ("<result>of another world</result>", "inconclusive"),
        ("", "inconclusive"),
        ("<override><remark>accepted</remark></override><result>pass</result>", "inconclusive"),
        ("<override><remark>accepted</remark></override><result>fail</result>", "fail"),
    ],
)
def test_xccdf_what_was_not_checked_is_no_pass(result: str, verdict: str) -> None:
    (row,), _ = results_of(xccdf(result))
    assert row["verdict"] == verdict
    assert row["suppression"] == ("accepted" if "override" in result else None)


def test_xccdf_what_was_not_selected_or_only_informs_is_no_result() -> None:
    assert results_of(xccdf("<result>notselected</result>", "<result>informational</result>"))[0] == []


def hdf(*controls: dict[str, Any]) -> bytes:
    profiles = [{"controls": [{"id": "c", "impact": 0.7} | control]} for control in controls]
    return json.dumps({"platform": {"name": "debian", "release": "12"}, "profiles": profiles}).encode()


def statuses(*given: str) -> list[dict[str, Any]]:
    return [{"status": status, "code_desc": status} for status in given]


@pytest.mark.parametrize(
    ("control", "verdict"),
    [
        ({"results": statuses("passed", "passed")}, "pass"),
        ({"results": statuses("passed", "skipped")}, "pass"),
        ({"results": statuses("passed", "failed", "skipped")}, "fail"),
        ({"results": statuses("failed", "error")}, "error"),
        ({"results": [*statuses("passed"), {"status": "failed", "backtrace": ["a"]}]}, "error"),
        ({"results": statuses("skipped")}, "inconclusive"),
        ({"results": statuses("of another world")}, "inconclusive"),
        ({"results": []}, "error"),
        ({}, "error"),
        ({"results": statuses("failed"), "impact": 0}, "not_applicable"),
        ({"results": statuses("error"), "impact": 0}, "error"),
        ({"results": statuses("skipped"), "waiver_data": {"skipped_due_to_waiver": True}}, "not_applicable"),
        ({"results": statuses("failed"), "waiver_data": {"skipped_due_to_waiver": "expired"}}, "fail"),
    ],
)
def test_hdf_an_error_decides_first_and_no_impact_second(control: dict[str, Any], verdict: str) -> None:
    (row,), _ = results_of(hdf(control))
    assert (row["verdict"], row["resource"]) == (verdict, "debian 12")


def test_hdf_a_profile_refines_the_control_of_another_and_does_not_repeat_it() -> None:
    for profiles in (
        ({"impact": 0.0}, {"results": statuses("failed")}),
        ({"results": statuses("failed")}, {"impact": 0.0}),
    ):
        (row,), _ = results_of(hdf(*profiles))
        assert row["verdict"] == "not_applicable"


def policy(metrics: dict[str, float], listed: Any = None) -> bytes:
    said = [{"MetricName": name, "Value": value} for name, value in metrics.items()]
    metadata = {"policy": {"name": "p", "resource": "aws.ebs"}, "execution": {"id": "e"}, "metrics": said}
    return json.dumps(metadata).encode() + (b"" if listed is None else json.dumps(listed).encode())


@pytest.mark.parametrize(
    ("content", "verdicts"),
    [
        (policy({"ResourceCount": 0}, []), ["pass"]),
        (policy({"ResourceCount": 1}, [{"VolumeId": "v"}]), ["fail"]),
        (policy({"ResourceCount": 0}), ["error"]),
        (policy({"PolicyException": 1}, []), ["error"]),
        (policy({"ResourceCount": 2}, [{"VolumeId": "v"}]), ["fail", "error"]),
        (policy({"ResourceCount": 1}) + policy({"ResourceCount": 0}, []), ["error", "pass"]),
    ],
)
def test_custodian_a_policy_without_its_list_is_an_error(content: bytes, verdicts: list[str]) -> None:
    rows, _ = results_of(content)
    assert [row["verdict"] for row in rows] == verdicts


def test_oscal_findings_say_the_state_and_observations_say_none() -> None:
    result = {
        "observations": [{"uuid": "o"}],
        "findings": [{"target": {"target-id": "ac-2", "status": {"state": "x"}}}],
    }
    (row,), _ = results_of(json.dumps({"assessment-results": {"results": [result]}}).encode())
    assert (row["check"], row["verdict"]) == ("ac-2", "inconclusive")


def checkov(**record: Any) -> bytes:
    results = {"failed_checks": [{"check_id": "C", "check_result": {"result": "FAILED"}} | record]}
    return json.dumps({"check_type": "terraform", "results": results, "summary": {"checkov_version": "3"}}).encode()


def test_checkov_an_object_and_what_the_platform_adds() -> None:
    (row,), summary = results_of(checkov(check_result={"result": "UNKNOWN"}, severity="HIGH"))
    assert (row["verdict"], row["severity"], summary["run"]["tool_version"]) == ("inconclusive", "high", "3")
    (row,), _ = results_of(checkov(benchmarks={"CIS AWS V1.3": ["1.1", {"name": "1.2"}], "PCI": 7}))
    assert [each["requirement"] for each in row["requirements"]] == ["1.1", "1.2"]
    known = {"id": "CVE-2026-1", "package_name": "zlib", "severity": "critical", "lowest_fixed_version": "1.3"}
    (row,), summary = results_of(checkov(vulnerability_details=known))
    assert (row["check"], row["kind"], row["fixed_in"]) == ("CVE-2026-1 / zlib", "vulnerability", "1.3")
    assert row["severity"] == "critical"
    assert results_of(b'{"passed": 0, "failed": 0, "checkov_version": "3"}')[1]["results"] == 0


def bom(**vulnerability: Any) -> bytes:
    held = [
        {"bom-ref": "a", "name": "outer", "components": [{"bom-ref": "b", "purl": "pkg:npm/%40acme/inner@1.0?x=y"}]}
    ]
    document = {"components": held, "vulnerabilities": [{"id": "CVE-2026-1"} | vulnerability], "bomFormat": "CycloneDX"}
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("vulnerability", "resources"),
    [
        ({}, [None]),
        ({"affects": [{"ref": "a"}, {"ref": "b"}]}, ["outer", "pkg:npm/@acme/inner"]),
        ({"affects": [{"ref": "urn:cdx:0196cd5e/1#pkg%3Apypi%2Fx%401.0"}]}, ["pkg:pypi/x"]),
        ({"affects": [{"ref": "b", "versions": [{"version": "1", "status": "unaffected"}]}]}, []),
        ({"affects": [{"ref": "unknown"}]}, ["unknown"]),
    ],
)
def test_cyclonedx_what_a_vulnerability_affects(vulnerability: dict[str, Any], resources: list[str | None]) -> None:
    rows, _ = results_of(bom(**vulnerability))
    assert [row["resource"] for row in rows] == resources


@pytest.mark.parametrize(
    ("ratings", "severity"),
    [
        ([{"severity": "low"}, {"severity": "critical"}, {"severity": "high"}], "critical"),
        ([{"score": 7.2}], "high"),
        ([{"severity": "unknown"}], None),
    ],
)
def test_cyclonedx_the_worst_rating_counts(ratings: list[dict[str, Any]], severity: str | None) -> None:
    (row,), _ = results_of(bom(ratings=ratings, analysis={"state": "of another world"}))
    assert (row["severity"], row["verdict"]) == (severity, "inconclusive")


ENTITY = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><TestResult><target>&a;</target></TestResult>"
HOSTILE: list[tuple[bytes, str, str]] = [
    (ENTITY, "line 1, column 1", "a document type is not taken"),
    (b"<Benchmark><Rule id='r'/></Benchmark>", "", "there is no test result in it"),
    (b"<TestResult><rule-result>" + b"<a/>" * 30_000 + b"</rule-result></TestResult>", "line 1", "has over 20,000"),
    (b'{"profiles": [{"controls": [7]}]}', "/profiles/0/controls/0", "a control is an object"),
    (b'{"profiles": [{"controls": [{"results": ' + b"[" * 100_000, "/profiles/0/controls/0", "nested too deeply"),
    (b'{"assessment-results": {"results": [{"findings": [7]}]}}', "/assessment-results/results/0/findings/0", "object"),
    (b'{"assessment-results": {"results": [{"observations": [7]}]}}', "/assessment-results/results/0", "an object"),
    (b'{"bomFormat": "CycloneDX", "vulnerabilities": [7]}', "/vulnerabilities/0", "a vulnerability is an object"),
    (b'{"execution": {}}', "", "neither the metadata of a policy"),
    (policy({}, []) + b"[]", "", "stands behind the metadata"),
    (b'{"check_type": "terraform", "results": {"failed_checks": [{}}', "/results/failed_checks", "`,` is expected"),
]


@pytest.mark.parametrize(("content", "place", "detail"), HOSTILE)
def test_hostile_input_is_refused_with_the_place(content: bytes, place: str, detail: str) -> None:
    found, said = refused(content)
    assert found.startswith(place)
    assert detail in said
