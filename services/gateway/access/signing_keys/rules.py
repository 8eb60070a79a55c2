"""How long a superseded key stays published."""

from datetime import datetime, timedelta

# A process may read the old key just before it is superseded and sign with it just after.
_IN_HAND = timedelta(seconds=60)


def published_until(superseded_at: datetime, token_lifetime: timedelta) -> datetime:
    """When the last token that the key can have signed has expired."""
    return superseded_at + token_lifetime + _IN_HAND
