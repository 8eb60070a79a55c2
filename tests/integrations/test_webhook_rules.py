"""Rules of webhooks: signatures, what is told, when it is tried again, when an endpoint is left alone."""

import base64
import json
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.integrations.sending.attempts.rules import (
    Outcome,
    count,
    days_to_tell,
    is_given_up,
    next_try,
    not_before,
    pay,
    rest_asked_for,
    slots,
)
from services.integrations.sending.endpoint_secrets.models import SignatureScheme
from services.integrations.sending.endpoint_secrets.rules import Key, signed_headers
from services.integrations.sending.messages.rules import body_of, matches, may_be_told, named_by, told, wanted_types
from services.integrations.sending.webhook_deliveries.models import Queue
from shared.events.catalogue.controls import ControlFailing, HealthState
from shared.events.catalogue.people import PersonAdded
from shared.events.event import CATALOGUE, Event, Heard
from shared.identity.callers import SYSTEM, Actor, ActorKind

AT = datetime(2026, 11, 30, 8, tzinfo=UTC)
OK, FAILED = Outcome(20, status=200), Outcome(20, status=500)


def test_a_signature_is_that_of_the_standards_own_example() -> None:
    key = Key(SignatureScheme.V1, base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    at, body = datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}'
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", body, [key], at=at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_an_asymmetric_key_is_that_of_rfc_8032() -> None:
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    key = Key(SignatureScheme.V1A, secret)
    assert key.public == "whpk_" + base64.b64encode(public).decode()
    assert key.shown is None
    assert key.sign(b"").partition(",")[2].startswith("5VZDAMNgrHKQhuLM")


def test_a_key_is_new_each_time_and_is_not_in_its_text() -> None:
    first, second = Key.new(SignatureScheme.V1), Key.new(SignatureScheme.V1)
    assert first.secret != second.secret
    assert first.secret.hex() not in repr(first)
    assert str(first.secret) not in repr(first)


def heard(event: Event, *, by: Actor = SYSTEM) -> Heard[Event]:
    return Heard(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), 3, AT, by, event)


def test_no_text_and_no_name_is_told() -> None:
    said = {"status": "active", "left_on": None, "department": "Secret projects", "manager_id": None}
    person = PersonAdded.model_validate(
        {**said, "display_name": "Dana Duarte", "emails": ["dana@example.com"], "roles": ["admin"], "acts_until": None}
    )
    actor = Actor(ActorKind.PERSON, uuid.uuid4(), "Kim Key")
    event = heard(person, by=actor)
    body = body_of(event, told(person))
    for secret in (b"Dana", b"dana@example.com", b"Secret", b"Kim", str(actor.person).encode()):
        assert secret not in body
    assert json.loads(body)["data"] == {
        "url": f"/v1/people/{event.subject}",
        "status": "active",
        "roles": ["admin"],
    }


def test_a_body_is_a_cloudevent_and_a_payload_of_standard_webhooks() -> None:
    failing = ControlFailing.model_validate(
        {
            "code": "LG-01",
            "title": "Logs are kept",
            "health": "failing",
            "before": "healthy",
            "reasons": ["Evidence has expired."],
            "reason_codes": ["evidence_expired"],
            "failing_since": AT,
            "waived_until": None,
        }
    )
    event = heard(failing)
    document = json.loads(body_of(event, told(failing)))
    assert document == {
        "specversion": "1.0",
        "id": str(event.id),
        "source": "/services/controls",
        "type": "controls.health.failing",
        "subject": str(event.subject),
        "time": "2026-11-30T08:00:00+00:00",
        "timestamp": "2026-11-30T08:00:00+00:00",
        "datacontenttype": "application/json",
        "orgid": str(event.org_id),
        "actor": "system",
        "version": 3,
        "data": {
            "url": f"/v1/controls/{event.subject}",
            "code": "LG-01",
            "health": "failing",
            "before": "healthy",
            "reason_codes": ["evidence_expired"],
            "failing_since": "2026-11-30T08:00:00+00:00",
        },
    }


class _Anything(Event):
    """No event that is announced: it has fields of every type."""

    status: str
    title: str
    code: str
    refs: list[str]
    state: HealthState
    on: date
    count: int
    flag: bool
    nested: dict[str, Any]


@given(st.text(), st.text(), st.lists(st.text()))
def test_what_is_told_of_text_is_a_word_or_a_code(word: str, code: str, refs: list[str]) -> None:
    event = _Anything(
        status=word,
        title=word,
        code=code,
        refs=refs,
        state=HealthState.FAILING,
        on=AT.date(),
        count=2,
        flag=False,
        nested={"text": word},
    )
    data = told(event)
    assert data.keys() <= {"status", "code", "refs", "state", "on", "count", "flag"}
    texts = [data.get("status", ""), data.get("code", ""), *data.get("refs", [])]
    assert all(" " not in text and "\n" not in text and len(text) <= 40 for text in texts)


def test_patterns_name_types_of_events() -> None:
    assert named_by("controls.health.failing") == {"controls.health.failing"}
    assert named_by("controls.health.*") == {name for name in CATALOGUE if name.startswith("controls.health.")}
    assert named_by("*") == set(CATALOGUE)
    assert named_by("controls.nothing.*") == named_by("controls.nothing.at_all") == frozenset()
    assert wanted_types(["risk.*", "controls.health.failing"]) > {"controls.health.failing", "risk.risk.rated"}


def test_conditions_are_all_met_or_the_event_is_not_wanted() -> None:
    subject = uuid.uuid4()
    data = {"health": "failing", "control_ids": ["a", "b"], "waived": False}
    either = {"field": "health", "values": ["failing", "at_risk"]}
    assert matches([], subject, data)
    assert matches([either, {"field": "subject", "values": [str(subject)]}], subject, data)
    assert matches([{"field": "control_ids", "values": ["b"]}, {"field": "waived", "values": ["false"]}], subject, data)
    assert not matches([either, {"field": "subject", "values": ["other"]}], subject, data)
    assert not matches([{"field": "missing", "values": ["None"]}], subject, data)


RESTS = [
    ("120", 120),
    ("0", 10),
    ("3", 10),
    ("999999999999", 86_400),
    ("Mon, 30 Nov 2026 08:05:00 GMT", 300),
    ("Mon, 30 Nov 2026 07:00:00 GMT", 10),
    ("Wed, 30 Dec 2026 07:00:00 GMT", 86_400),
]


@pytest.mark.parametrize(("value", "seconds"), RESTS)
def test_an_endpoint_says_how_long_it_wants_to_rest(value: str, seconds: int) -> None:
    assert rest_asked_for({"retry-after": value}, at=AT) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "²", "Mon, 99 Nov 2026 08:05:00 GMT"])
def test_what_is_no_retry_after_is_ignored(value: str) -> None:
    assert rest_asked_for({"retry-after": value}, at=AT) is None
    assert rest_asked_for({}, at=AT) is None


@given(st.floats(-1, 1))
def test_ten_attempts_take_more_than_three_days(spread: float) -> None:
    at, tries = AT, 1
    while (following := next_try(tries, FAILED, at=at, spread=spread)) is not None:
        at, tries = following, tries + 1
    assert tries == 10
    assert timedelta(hours=60) <= at - AT <= timedelta(hours=91)


def test_an_overloaded_endpoint_is_given_time() -> None:
    def after(outcome: Outcome) -> timedelta:
        following = next_try(1, outcome, at=AT, spread=0)
        assert following is not None
        return following - AT

    assert after(FAILED) == timedelta(seconds=5)
    assert after(Outcome(1, status=429)) == after(Outcome(1, code="too_slow")) == timedelta(seconds=60)
    assert after(Outcome(1, status=503, rest=timedelta(hours=1))) == timedelta(hours=1)


def queue() -> Queue:
    return Queue(endpoint_id=uuid.uuid4(), org_id=uuid.uuid4())


def may(of: Queue, at: datetime = AT, *, sending: int = 0) -> int:
    return slots(of, rate=10, concurrency=4, sending=sending, at=at)


def test_a_breaker_opens_on_failures_and_lets_one_through_again() -> None:
    of = queue()
    for _ in range(9):
        count(of, FAILED, at=AT)
    assert may(of) == 1
    count(of, FAILED, at=AT)
    assert of.breaker_until == AT + timedelta(minutes=1)
    count(of, FAILED, at=AT)  # was under way
    assert (of.trips, may(of)) == (1, 0)
    assert not_before(of, rate=10, at=AT) == AT + timedelta(minutes=1)
    later = AT + timedelta(minutes=1)
    assert may(of, later) == 1
    count(of, FAILED, at=later)
    assert of.breaker_until == later + timedelta(minutes=2)
    count(of, OK, at=later + timedelta(minutes=2))
    assert may(of, later) == 4
    assert not_before(of, rate=10, at=later) == later
    assert (of.trips, of.failures) == (0, 0)


def test_a_few_failures_among_successes_open_nothing() -> None:
    of = queue()
    for _ in range(20):
        count(of, FAILED, at=AT)
        count(of, OK, at=AT)
        count(of, OK, at=AT)
    assert of.breaker_until is None
    assert of.failing_since is None


def test_who_asks_for_rest_is_left_alone() -> None:
    of = queue()
    count(of, Outcome(5, status=429, rest=timedelta(minutes=5)), at=AT)
    assert may(of) == may(of, AT + timedelta(minutes=4)) == 0
    assert may(of, AT + timedelta(minutes=5)) == 4
    unasked = queue()
    count(unasked, Outcome(5, status=500, rest=timedelta(minutes=5)), at=AT)
    assert may(unasked) == 4


def test_rate_and_concurrency_are_kept() -> None:
    of = queue()
    assert may(of, sending=3) == 1
    assert may(of, sending=5) == 0
    pay(of, 10, rate=10, at=AT)
    assert may(of) == 0
    assert not_before(of, rate=10, at=AT) == AT + timedelta(seconds=0.1)
    assert may(of, AT + timedelta(seconds=0.1)) == 1
    assert may(of, AT + timedelta(seconds=1)) == 4


def test_a_slow_endpoint_has_fewer_at_a_time() -> None:
    of = queue()
    count(of, Outcome(5000, status=200), at=AT)
    assert may(of) == 2


def test_five_days_of_failure_are_announced_and_then_enough() -> None:
    of = queue()
    told_of = []
    for hour in range(0, 121, 6):
        at = AT + timedelta(hours=hour)
        count(of, FAILED, at=at)
        days = days_to_tell(of, at=at)
        if days is not None:
            of.told_days = days
            told_of.append((hour, days))
        assert is_given_up(of, at=at) is (hour == 120)
    assert told_of == [(24, 1), (72, 3)]
    few = queue()
    count(few, FAILED, at=AT)
    count(few, FAILED, at=AT + timedelta(days=6))
    assert not is_given_up(few, at=AT + timedelta(days=6))


@pytest.mark.parametrize("scheme", SignatureScheme)
def test_a_receiver_verifies_as_the_guide_says(scheme: SignatureScheme) -> None:
    guide = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
    shown: dict[str, Any] = {}
    exec(guide.partition("```python\n")[2].partition("```")[0], shown)  # noqa: S102 - our own guide
    key, other, body = Key.new(scheme), Key.new(scheme), b'{"id":"1"}'
    given, foreign = key.public or key.shown, other.public or other.shown
    headers = signed_headers("1", body, [key], at=datetime.now(UTC))
    assert shown["is_from_attest"](headers, body, given)
    assert not shown["is_from_attest"](headers, body, foreign)
    assert not shown["is_from_attest"](headers, body + b" ", given)
    late = signed_headers("1", body, [key], at=datetime.now(UTC) - timedelta(minutes=6))
    assert not shown["is_from_attest"](late, body, given)


def test_a_condition_can_ask_for_what_is_told_and_nothing_else() -> None:
    failing = CATALOGUE["controls.health.failing"]
    assert {field for field in failing.model_fields if may_be_told(failing, field)} == {
        *("code", "health", "before", "reason_codes", "failing_since", "waived_until")
    }
    assert not may_be_told(failing, "missing")
