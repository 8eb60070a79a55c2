"""Readiness over the period of a programme: what operated throughout, and what has gaps on which days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.controls.deficient import granted
from tests.controls.given import (
    accepted,
    control,
    earlier,
    operated,
    performed,
    procedure,
    programme,
    pushed,
    shown,
    told,
)
from tests.support import Organisation, created, eventually, ok, problem

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)
# A period of 120 days that ended yesterday.
START, LAST = TODAY - 120 * DAY, TODAY - DAY


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


async def going(org: Organisation, start: date = START, last: date = LAST, **changes: Any) -> str:
    """A programme for SOC 2 Type 2 over this period."""
    return await programme(org, period_start=start.isoformat(), period_end=last.isoformat(), **changes)


async def over_period(org: Organisation, programme_id: str, **query: Any) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/programmes/{programme_id}/period-readiness", params=query))


async def of(org: Organisation, programme_id: str, ref: str = "CC6.2", **query: Any) -> dict[str, Any]:
    """How one criterion stands over the period."""
    requirements = (await over_period(org, programme_id, **query))["requirements"]
    found: dict[str, Any] = next(each for each in requirements if each["ref"] == ref)
    return found


def gaps_in(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The code, the first and the last day of each gap."""
    return [(each["code"], each["first_day"], each["last_day"]) for each in found["gaps"]["first"]]


def gap(code: str, first: date, last: date) -> tuple[str, str, str]:
    return code, first.isoformat(), last.isoformat()


async def expected(org: Organisation, control_id: str, title: str = "Access review", freshness_days: int = 30) -> str:
    """Evidence that is expected of a control."""
    draft = {
        "control_id": control_id,
        "title": title,
        "description": "Who has access, and that it is still needed.",
        "kind": "attestation",
        "freshness_days": freshness_days,
        "expiring_days": 1,
        "owner": "dana@example.com",
    }
    return str(created(await org.manager.post("/v1/expectations", json=draft))["id"])


def _draft(expectation: str, first: date, last: date) -> dict[str, Any]:
    return {
        "title": f"Review of {first} to {last}",
        "kind": "attestation",
        "statement": "It was reviewed.",
        "source": "dana",
        "collected_at": datetime.now(UTC).isoformat(),
        "covers_from": _at(first).isoformat(),
        "covers_until": _at(last + DAY).isoformat(),
        "expectation_ids": [expectation],
    }


async def proven(org: Organisation, expectation: str, first: date, last: date) -> str:
    """Evidence that covers these days and was accepted."""
    item = str(created(await org.owner.post("/v1/evidence", json=_draft(expectation, first, last)))["id"])
    ok(await org.reviewer.post(f"/v1/evidence/{item}/reviews", json={"decision": "accepted"}))
    return item


async def until_gaps(org: Organisation, programme_id: str, *wanted: tuple[str, str, str], **query: Any) -> Any:
    """Wait until these are the gaps of the criterion: what evidence tells comes a moment later."""

    async def there() -> dict[str, Any] | None:
        found = await of(org, programme_id, **query)
        return found if gaps_in(found) == [*wanted] else None

    return await eventually(there)


async def test_a_programme_without_a_period_has_no_readiness_over_one(
    org: Organisation, other_org: Organisation
) -> None:
    on_a_date = await programme(org, report_type="soc2_type1")
    refused = await org.viewer.get(f"/v1/programmes/{on_a_date}/period-readiness")
    assert "soc2_type1" in problem(refused, 409, "programme-has-no-period")["detail"]
    problem(await other_org.viewer.get(f"/v1/programmes/{await going(org)}/period-readiness"), 404, "not-found")


async def test_a_criterion_without_controls_is_a_gap_of_the_whole_period(org: Organisation) -> None:
    ours = await going(org)
    readiness = await over_period(org, ours)
    assert (readiness["state"], readiness["period_start"], readiness["period_end"]) == (
        "gaps",
        START.isoformat(),
        LAST.isoformat(),
    )
    assert readiness["totals"] == {
        "requirements": 33,
        "operated": 0,
        "not_yet_due": 0,
        "gaps": 33,
        "not_relevant": 0,
    }
    found = await of(org, ours)
    assert gaps_in(found) == [gap("no_control", START, LAST)]
    assert found["unanswered"] == [{"first_day": START.isoformat(), "last_day": LAST.isoformat()}]
    await control(org, "AC-09", ["soc2:CC6.2"], until="draft")
    drafted = await of(org, ours)
    assert (gaps_in(drafted), drafted["drafts"]) == ([gap("not_approved", START, LAST)], 1)


async def test_what_is_not_relevant_has_no_gaps(org: Organisation) -> None:
    ours = await going(org)
    draft = {"programme_id": ours, "requirement": "CC6.4", "relevant": False, "reason": "There are no premises."}
    decision = created(await org.manager.post("/v1/scope-decisions", json=draft))["id"]
    ok(await org.second_manager.post(f"/v1/scope-decisions/{decision}/approvals"))
    found = await of(org, ours, "CC6.4")
    assert (found["state"], found["gaps"]["total"]) == ("not_relevant", 0)


async def test_what_is_proven_on_every_day_operated_throughout(org: Organisation) -> None:
    ours, longer = await going(org), await going(org, last=TODAY + 30 * DAY)
    kept = await operated(org, "AC-01", "ad_hoc", START - 10 * DAY, proven=False)
    await proven(org, await expected(org, kept), START, LAST)

    async def there() -> bool:
        return bool((await of(org, ours))["state"] == "operated")

    await eventually(there)
    found = await of(org, ours)
    part = {
        "control": {"id": kept, "code": "AC-01", "title": "Control AC-01"},
        "definition": 1,
        "recorded_at": found["operated"]["first"][0]["recorded_at"],
        "first_day": START.isoformat(),
        "last_day": LAST.isoformat(),
    }
    assert part["recorded_at"].startswith(TODAY.isoformat()), "it was told today"
    assert found["operated"] == {"total": 1, "first": [part]}
    assert (found["gaps"]["total"], found["unanswered"]) == (0, [])
    to_come = await of(org, longer)
    assert (to_come["state"], to_come["operated"]["total"], to_come["not_yet_due"]["total"]) == ("not_yet_due", 0, 1)


async def test_days_that_no_evidence_covers_are_a_gap(org: Organisation) -> None:
    ours = await going(org)
    kept = await operated(org, "AC-01", "ad_hoc", START - 10 * DAY, proven=False)
    expectation = await expected(org, kept)
    await proven(org, expectation, START, START + 29 * DAY)
    await proven(org, expectation, START + 61 * DAY, LAST)
    bare = gap("not_evidenced", START + 30 * DAY, START + 60 * DAY)
    found = await until_gaps(org, ours, bare)
    assert (found["state"], found["operated"]["total"]) == ("gaps", 0)
    assert found["gaps"]["first"][0]["reason"] == "No accepted evidence for 'Access review' covers these days."
    assert (found["gaps"]["first"][0]["control"]["code"], found["gaps"]["first"][0]["definition"]) == ("AC-01", 1)
    await proven(org, expectation, START + 30 * DAY, START + 60 * DAY)
    assert (await until_gaps(org, ours))["state"] == "operated"
    before = datetime.now(UTC) - 2 * DAY
    assert (await of(org, ours, as_of=before.isoformat()))["state"] == "gaps", "nothing was accepted then"


async def test_evidence_is_due_once_what_was_shown_has_run_out(org: Organisation) -> None:
    ours = await going(org)
    kept = await operated(org, "AC-01", "ad_hoc", START - 10 * DAY, proven=False)
    expectation = await expected(org, kept, freshness_days=40)
    await proven(org, expectation, START, LAST - 30 * DAY)
    found = await until_gaps(org, ours)
    assert (found["state"], found["operated"]["total"]) == ("not_yet_due", 0), "30 of 40 days have passed"
    later = datetime.now(UTC) + 11 * DAY
    bare = gap("not_evidenced", LAST - 29 * DAY, LAST)
    assert gaps_in(await of(org, ours, as_of=later.isoformat())) == [bare], "if nothing is done"


async def test_withdrawn_expectations_and_superseded_evidence_stay_facts(org: Organisation) -> None:
    ours = await going(org)
    kept = await operated(org, "AC-01", "ad_hoc", START - 10 * DAY)
    expectation = await expected(org, kept)
    first = await proven(org, expectation, START, START + 29 * DAY)
    await proven(org, expectation, START + 61 * DAY, LAST)
    bare = gap("not_evidenced", START + 30 * DAY, START + 60 * DAY)
    await until_gaps(org, ours, bare)
    shorter = _draft(expectation, START, START + 9 * DAY) | {"reason": "The export ended there."}
    corrected = created(await org.owner.post(f"/v1/evidence/{first}/versions", json=shorter))["id"]
    ok(await org.reviewer.post(f"/v1/evidence/{corrected}/reviews", json={"decision": "accepted"}))
    wider = gap("not_evidenced", START + 10 * DAY, START + 60 * DAY)
    await until_gaps(org, ours, wider)
    ok(await org.manager.post(f"/v1/expectations/{expectation}/withdrawals", json={"reason": "Covered elsewhere."}))
    item = await expected(org, kept, "Ticket")  # heard after the withdrawal, on the same stream
    await proven(org, item, START, START)
    await until_gaps(org, ours, gap("not_evidenced", START + DAY, LAST), wider)


async def test_missed_occurrences_are_gaps_of_the_days_they_stand_for(org: Organisation) -> None:
    monday = TODAY - timedelta(days=TODAY.weekday())
    ours = await going(org, monday - 70 * DAY, monday - DAY)
    kept = await operated(org, "AC-01", "weekly", monday - 100 * DAY)
    sundays = [monday - DAY - 7 * n * DAY for n in range(10)]
    for sunday in {*sundays} - {sundays[1], sundays[2], sundays[5]}:
        await performed(org, kept, sunday, sunday)
    ok(await org.manager.post("/v1/services/controls/sweeps"))

    async def missed() -> list[dict[str, Any]]:
        """What was recorded after it had been announced as missed is made good."""
        listed = (await of(org, ours, limit=200))["gaps"]["first"]
        return [each for each in listed if each["code"] != "occurrence_made_good"]

    found = await missed()
    assert [(each["code"], each["first_day"], each["last_day"]) for each in found] == [
        gap("occurrence_missed", sundays[5] - 6 * DAY, sundays[5]),
        gap("occurrence_missed", sundays[2] - 6 * DAY, sundays[1]),
    ]
    assert [each["reason"] for each in found] == [
        f"The occurrence due on {sundays[5]} was missed.",
        f"2 occurrences were missed, the last of them due on {sundays[1]}.",
    ]
    late = {"performed_at": datetime.now(UTC).isoformat(), "due_on": sundays[1].isoformat()}
    created(await org.owner.post(f"/v1/controls/{kept}/occurrences", json=late))
    assert await missed() == found, "late is missed"


async def test_a_miss_that_a_later_record_made_good_is_told_and_no_gap(org: Organisation) -> None:
    monday = TODAY - timedelta(days=TODAY.weekday())
    ours = await going(org, monday - 21 * DAY, monday - DAY)
    kept = await operated(org, "AC-01", "daily", monday - 21 * DAY)
    days = [monday - n * DAY for n in range(1, 22)]
    ok(await org.manager.post("/v1/services/controls/sweeps"))
    assert (await of(org, ours))["state"] == "gaps"
    before = datetime.now(UTC)
    rows = [earlier("occurrence", day, control_id=kept, due_on=str(day)) for day in days]
    await accepted(org, await told(org, *rows))
    found = await of(org, ours)
    assert gaps_in(found) == [gap("occurrence_made_good", days[-1], days[0])]
    assert (found["state"], found["gaps"]["first"][0]["made_good_on"]) == ("operated", TODAY.isoformat())
    assert found["gaps"]["first"][0]["reason"].endswith(f"and made good by a record of {TODAY}.")
    assert gap("occurrence_missed", days[-1], days[0]) in gaps_in(await of(org, ours, as_of=before.isoformat()))


async def test_a_failed_test_is_a_gap_until_it_passes(org: Organisation) -> None:
    ours = await going(org)
    await operated(org, "AC-01", "ad_hoc", START - 10 * DAY, proven=False)
    await pushed(org, "AC-01", at=_at(START), run="1")
    await pushed(org, "AC-01", at=_at(START + 10 * DAY), run="2", outcome="fail")
    await pushed(org, "AC-01", at=_at(START + 12 * DAY), run="3", outcome="fail")
    await pushed(org, "AC-01", at=_at(START + 20 * DAY), run="4")
    found = await of(org, ours)
    assert gaps_in(found) == [gap("operation_failed", START + 10 * DAY, START + 19 * DAY)]
    assert found["gaps"]["first"][0]["reason"] == "Test 'as-written (ci)' failed."
    later = await going(org, START + 15 * DAY, LAST)
    assert gaps_in(await of(org, later)) == [gap("operation_failed", START + 15 * DAY, START + 19 * DAY)]
    assert gaps_in(await of(org, await going(org, START + 25 * DAY, LAST))) == []


async def test_the_days_on_which_a_serious_issue_was_open_are_gaps(org: Organisation) -> None:
    ours = await going(org, last=TODAY + 30 * DAY)
    kept = await operated(org, "AC-01", "ad_hoc", START - 10 * DAY)
    assert gaps_in(await of(org, ours)) == []
    draft = {
        "title": "Two leavers kept access",
        "description": "The review found two accounts.",
        "control_ids": [kept],
        "severity": "high",
        "source": "self_identified",
        "owner": "dana@example.com",
    }
    created(await org.owner.post("/v1/issues", json=draft))
    found = await of(org, ours)
    assert gaps_in(found) == [gap("serious_issue_open", TODAY, TODAY)]
    assert found["gaps"]["first"][0]["reason"] == "The high issue 'Two leavers kept access' was open."


async def test_a_control_that_nothing_shows_to_operate_has_a_gap(org: Organisation) -> None:
    ours = await going(org)
    await operated(org, "AC-01", "ad_hoc", START - 10 * DAY, proven=False)
    assert gaps_in(await of(org, ours)) == [gap("nothing_shown", START, LAST)]


async def test_what_a_control_cannot_cover_is_said_on_the_first_day(org: Organisation) -> None:
    ours = await going(org, TODAY, TODAY + 199 * DAY)
    approved = await control(org, "AC-01", ["soc2:CC6.2"], until="approved")
    assert gaps_in(await of(org, ours)) == [gap("implemented_after_start", TODAY, TODAY)]
    ok(await org.manager.post(f"/v1/controls/{approved}/implementations"))
    assert gaps_in(await of(org, ours)) == []
    past = await going(org)
    late = (await of(org, past))["gaps"]["first"]
    assert [each["code"] for each in late] == ["no_control"], "it began after that period"


async def test_a_control_that_began_or_ended_within_the_period_has_gaps(org: Organisation) -> None:
    ours = await going(org)
    kept = await operated(org, "AC-01", "ad_hoc", START + 20 * DAY)
    retirement = {"reason": "Replaced.", "since": _at(START + 60 * DAY).isoformat()}
    ok(await org.manager.post(f"/v1/controls/{kept}/retirements", json=retirement))
    found = await of(org, ours)
    assert gaps_in(found) == [
        gap("approved_after_start", START, START + 19 * DAY),
        gap("retired_before_end", START + 60 * DAY, LAST),
    ]
    assert [each["definition"] for each in found["gaps"]["first"]] == [None, 1]
    (part,) = found["operated"]["first"]
    assert (part["first_day"], part["last_day"]) == (
        (START + 20 * DAY).isoformat(),
        (START + 59 * DAY).isoformat(),
    )
    await operated(org, "AC-02", "ad_hoc", START)
    assert (await of(org, ours))["unanswered"] == [], "another control operated throughout"
    before = await going(org, START - 60 * DAY, START - DAY)
    assert gaps_in(await of(org, before)) == [gap("no_control", START - 60 * DAY, START - DAY)]


async def test_a_rhythm_that_is_too_slow_is_said_on_the_first_day(org: Organisation) -> None:
    """The first quarter of a year has no occurrence of an annual control, and one of a quarterly control."""
    next_year = date(TODAY.year + 1, 1, 1)
    ours = await going(org, next_year, date(TODAY.year + 1, 3, 31))
    await operated(org, "AC-01", "annual", START)
    await operated(org, "AC-02", "quarterly", START)
    found = await of(org, ours)
    assert gaps_in(found) == [
        gap("no_occurrence_in_period", next_year, date(TODAY.year + 1, 3, 31)),
        gap("too_few_occurrences", next_year, date(TODAY.year + 1, 3, 31)),
    ]
    assert f"the next is due on {TODAY.year + 1}-12-31" in found["gaps"]["first"][0]["reason"]
    year = await going(org, next_year, date(TODAY.year + 1, 12, 31))
    assert gaps_in(await of(org, year)) == [], "a longer period mends both"


async def test_a_definition_that_changed_is_judged_for_each_part(org: Organisation) -> None:
    """From the middle on, the control answers another criterion; in its first part a test failed."""
    ours = await going(org)
    kept = await operated(org, "AC-01", "ad_hoc", START - 10 * DAY, "soc2:CC6.2", "soc2:CC6.3")
    change = {"requirements": ["soc2:CC6.2"]}
    ok(await org.manager.patch(f"/v1/controls/{kept}", json=change, headers={"If-Match": "*"}))
    middle = START + 60 * DAY
    await accepted(org, await told(org, earlier("approval", middle, control_id=kept)))
    await pushed(org, "AC-01", at=_at(START + 10 * DAY), run="1", outcome="fail")
    await pushed(org, "AC-01", at=_at(START + 15 * DAY), run="2")
    found = await of(org, ours)
    failed = gap("operation_failed", START + 10 * DAY, START + 14 * DAY)
    assert (gaps_in(found), found["gaps"]["first"][0]["definition"]) == ([failed], 1)
    (second,) = found["operated"]["first"]
    assert (second["definition"], second["first_day"], second["last_day"]) == (2, middle.isoformat(), LAST.isoformat())
    other = await of(org, ours, "CC6.3")
    assert gaps_in(other) == [failed, gap("not_mapped", middle, LAST)]
    assert [each["definition"] for each in other["gaps"]["first"]] == [1, 2]


async def test_gaps_of_the_programme_say_those_of_the_period_with_their_days(org: Organisation) -> None:
    ours = await going(org)
    kept = await operated(org, "AC-01", "ad_hoc", START + 20 * DAY, "soc2:CC6.2", "soc2:CC6.3")
    await pushed(org, "AC-01", at=_at(START + 30 * DAY), run="1", outcome="fail")
    await pushed(org, "AC-01", at=_at(START + 40 * DAY), run="2")
    period = ok(await org.viewer.get(f"/v1/programmes/{ours}/gaps", params={"limit": 200}))["period"]
    assert (period["period_start"], period["period_end"]) == (START.isoformat(), LAST.isoformat())
    assert period["total"] == len(period["gaps"]) == 31 + 2, "two criteria are answered, and have the same two gaps"
    of_control = [each for each in period["gaps"] if each["control"]]
    assert [(each["code"], each["first_day"], each["concerns"]) for each in of_control] == [
        ("approved_after_start", START.isoformat(), ["CC6.2", "CC6.3"]),
        ("operation_failed", (START + 30 * DAY).isoformat(), ["CC6.2", "CC6.3"]),
    ]
    assert of_control[0]["control"]["id"] == kept
    assert [each["concerns"] for each in period["gaps"][:2]] == [["CC6.2", "CC6.3"], ["CC1.1"]], "by day, then by code"
    assert [each["code"] for each in period["gaps"][1:3]] == ["no_control"] * 2
    few = ok(await org.viewer.get(f"/v1/programmes/{ours}/gaps", params={"limit": 1}))["period"]
    assert (few["total"], len(few["gaps"])) == (33, 1)
    without = await programme(org, report_type="soc2_type1")
    assert ok(await org.viewer.get(f"/v1/programmes/{without}/gaps"))["period"] is None


async def test_a_waiver_takes_no_gap_away(org: Organisation) -> None:
    ours = await going(org, TODAY - 30 * DAY, TODAY + 30 * DAY)
    kept = await operated(org, "AC-01", "ad_hoc", START)
    await pushed(org, "AC-01", run="1", outcome="fail")
    before = await of(org, ours)
    await granted(org, kept)
    after = await of(org, ours)
    waived = after["gaps"]["first"][0].pop("waived")
    assert waived == [{"first_day": TODAY.isoformat(), "last_day": TODAY.isoformat()}]
    before["gaps"]["first"][0].pop("waived")
    assert after == before
    assert before["state"] == "gaps"


async def test_a_compensating_control_counts_on_the_days_on_which_it_operated(org: Organisation) -> None:
    ours = await going(org, TODAY - 30 * DAY, TODAY + 30 * DAY)
    kept = await operated(org, "AC-01", "ad_hoc", START)
    other = await operated(org, "AC-02", "ad_hoc", START)
    await pushed(org, "AC-01", at=_at(TODAY - 10 * DAY), run="1", outcome="fail")
    await granted(org, kept, compensating_control_id=other, starts_at=(datetime.now(UTC) - DAY / 2).isoformat())
    failed = gap("operation_failed", TODAY - 10 * DAY, TODAY)

    async def compensated(ref: str = "CC6.2") -> list[tuple[str, str, str]]:
        found = await of(org, ours, ref)
        (first,) = found["gaps"]["first"]
        assert found["state"] == "gaps", "the days before the waiver are open"
        return [(each["control"]["code"], each["first_day"], each["last_day"]) for each in first["compensated"]]

    assert gaps_in(await of(org, ours)) == [failed]
    assert await compensated() == [], "its design is not tested"
    await shown(org, other, await procedure(org, "TP-9"), "design")
    begins = (datetime.now(UTC) - DAY / 2).date()
    assert await compensated() == [("AC-02", begins.isoformat(), TODAY.isoformat())]
    short = await going(org, begins, begins + 30 * DAY)
    alone = await of(org, short)
    assert (alone["state"], alone["gaps"]["total"]) == ("not_yet_due", 1), "every day of the gap is compensated"
    left = ok(await org.viewer.get(f"/v1/programmes/{short}/gaps", params={"limit": 200}))["period"]["gaps"]
    assert not any("CC6.2" in each["concerns"] for each in left)
    await pushed(org, "AC-02", at=_at(begins), run="2", outcome="fail")
    assert (await of(org, short))["state"] == "gaps", "it failed itself"
