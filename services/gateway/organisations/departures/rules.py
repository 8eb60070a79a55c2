"""When what a leaver left behind stops."""

from datetime import date, timedelta

# Long enough to hand a program over after somebody's last day, short enough that nobody's program goes on for good.
_CLIENTS_GO_ON = timedelta(days=7)


def clients_stop_before(today: date) -> date:
    """The clients of those who left on this day or earlier stop today."""
    return today - _CLIENTS_GO_ON
