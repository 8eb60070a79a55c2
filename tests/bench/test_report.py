import json

import pytest

from tests.bench.report import Limit, Report


def test_a_run_fails_for_required_targets_only(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    report.tell("bare", 100, "requests/s")
    for name, rate in (("slow", 39), ("fast", 41)):
        report.tell(name, rate, "requests/s", against="bare", limit=Limit(least=0.4, required=True))
    report.tell("memory", 111, "MiB", limit=Limit(most=110))
    assert report.summarise() == ["slow"]
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert summary == {"ok": False, "missed": ["slow", "memory"], "failed": ["slow"]}
