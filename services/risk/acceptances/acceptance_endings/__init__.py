"""Acceptance endings: facts worsen, terms run out, acceptances are revoked, and stale ones are confirmed again."""
