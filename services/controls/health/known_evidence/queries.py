from sqlalchemy import or_

from services.controls.health.known_evidence.models import KnownProof
from shared.data.base import table_of

_K = table_of(KnownProof).c

# What had run out before it was accepted shows an earlier time, and not that the control was ever proven since.
WAS_FRESH = or_(_K.valid_until.is_(None), _K.accepted_at < _K.valid_until)
