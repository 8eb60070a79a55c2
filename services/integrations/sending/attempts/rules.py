"""When a delivery is tried again, and when an endpoint is left alone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from services.integrations.sending.webhook_deliveries.models import Queue
from shared.outbound.failures import OutboundCode

# Ten attempts in 75 h 35 min (the example of Standard Webhooks 1.0).
_SCHEDULE = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5)),
    *(timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24)),
)
_JITTER = 0.2
_OVERLOADED_PAUSE = timedelta(seconds=60)
_SHORTEST_REST, _LONGEST_REST = timedelta(seconds=10), timedelta(hours=24)
_WINDOW, _ENOUGH, _NEARLY_ALL = timedelta(minutes=5), 10, 0.8
_FIRST_REST, _LONGEST_BREAK = timedelta(minutes=1), timedelta(minutes=30)
_SUSPECT = 3
_MOST_DIGITS = 6  # more seconds than a day has, in any case
_SLOW_MILLISECONDS = 2000
FAILING_DAYS = (1, 3)
_GIVEN_UP_AFTER, _GIVEN_UP_FAILURES = timedelta(days=5), 20
_OVERLOADED = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: a status, or a code when there was no whole answer; `rest` as the endpoint asked."""

    milliseconds: int
    status: int | None = None
    code: str | None = None
    excerpt: str = ""
    rest: timedelta | None = None

    @property
    def is_success(self) -> bool:
        """Only 2xx is; a redirect is not followed."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_gone(self) -> bool:
        return self.status == HTTPStatus.GONE

    @property
    def is_overload(self) -> bool:
        """Whether the endpoint may have too much to do."""
        return self.status in _OVERLOADED or self.code == OutboundCode.TOO_SLOW


def rest_asked_for(headers: Mapping[str, str], *, at: datetime) -> timedelta | None:
    """`Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), from ten seconds to a day; None without it."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        digits = value.lstrip("0")[:_MOST_DIGITS]
        return _within(timedelta(seconds=int(digits or "0")))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return _within((until if until.tzinfo else until.replace(tzinfo=UTC)) - at)


def next_try(tries: int, outcome: Outcome, *, at: datetime, spread: float) -> datetime | None:
    """When a delivery that failed for the `tries`th time is tried again, None for never; `spread` is from -1 to 1."""
    if tries > len(_SCHEDULE):
        return None
    delay = _SCHEDULE[tries - 1] * (1 + _JITTER * spread)
    if outcome.is_overload:
        delay = max(delay, _OVERLOADED_PAUSE)
    return at + max(delay, outcome.rest or delay)


def count(queue: Queue, outcome: Outcome, *, at: datetime) -> None:
    """Note an attempt on the endpoint's queue, and open or close its breaker."""
    queue.last_milliseconds = outcome.milliseconds
    if outcome.is_success:
        queue.last_delivered_at = at
        queue.failing_since, queue.failures, queue.told_days = None, 0, 0
        queue.breaker_until, queue.trips = None, 0
    else:
        queue.last_failed_at = at
        queue.failing_since = queue.failing_since or at
        queue.failures += 1
    if outcome.rest is not None and outcome.is_overload:
        queue.throttled_until = at + outcome.rest
    _count_in_window(queue, outcome, at)


def _count_in_window(queue: Queue, outcome: Outcome, at: datetime) -> None:
    if queue.breaker_until is not None and queue.breaker_until > at:
        return  # what was under way when it opened
    if queue.window_from is None or at - queue.window_from > _WINDOW:
        queue.window_from, queue.window_attempts, queue.window_failures = at, 0, 0
    queue.window_attempts += 1
    queue.window_failures += not outcome.is_success
    enough = queue.window_attempts >= _ENOUGH
    nearly_all = queue.window_failures >= _NEARLY_ALL * queue.window_attempts
    if not outcome.is_success and (queue.trips or (enough and nearly_all)):
        queue.breaker_until = at + min(_FIRST_REST * 2**queue.trips, _LONGEST_BREAK)
        queue.trips = min(queue.trips + 1, 10)
        queue.window_from = None


def is_given_up(queue: Queue, *, at: datetime) -> bool:
    """Nothing but failures for five days, and at least twenty of them."""
    failing = queue.failing_since
    return failing is not None and at - failing >= _GIVEN_UP_AFTER and queue.failures >= _GIVEN_UP_FAILURES


def days_to_tell(queue: Queue, *, at: datetime) -> int | None:
    """Of how many days of failure people are to be told now."""
    if queue.failing_since is None:
        return None
    failing = (at - queue.failing_since).days
    due = [days for days in FAILING_DAYS if queue.told_days < days <= failing]
    return max(due, default=None)


def slots(queue: Queue, *, rate: int, concurrency: int, sending: int, at: datetime) -> int:
    """How many deliveries may be begun now: one at a time where an endpoint is failing, two where it is slow."""
    if any(until is not None and until > at for until in (queue.breaker_until, queue.throttled_until)):
        return 0
    if queue.trips or queue.failures >= _SUSPECT:
        concurrency = 1
    elif queue.last_milliseconds > _SLOW_MILLISECONDS:
        concurrency = min(concurrency, 2)
    ahead = max(timedelta(), queue.paid_until - at) if queue.paid_until else timedelta()
    by_rate = int((timedelta(seconds=1) - ahead) / (timedelta(seconds=1) / rate))
    return max(0, min(concurrency - sending, by_rate))


def pay(queue: Queue, taken: int, *, rate: int, at: datetime) -> None:
    """Use up the rate of so many deliveries: bursts of one second's worth, and then one after the other."""
    queue.paid_until = max(queue.paid_until or at, at) + timedelta(seconds=1) / rate * taken


def not_before(queue: Queue, *, rate: int, at: datetime) -> datetime:
    """The instant before which nothing more can be begun."""
    paid = queue.paid_until - timedelta(seconds=1) + timedelta(seconds=1) / rate if queue.paid_until else at
    return max(filter(None, (at, paid, queue.breaker_until, queue.throttled_until)))


def _within(rest: timedelta) -> timedelta:
    return min(max(rest, _SHORTEST_REST), _LONGEST_REST)
