"""Whom an outside token means, and until when."""

from collections.abc import Iterable
from datetime import datetime

from services.gateway.access.issuers.rules import Vouched
from services.gateway.organisations.members.models import Member
from shared.identity.permissions import Role


def meant(person: Vouched, issuer: str, members: Iterable[Member], as_of: datetime) -> Member | None:
    """The active member that a verified token speaks for.

    A member tied to an issuer's subject is that subject and nobody else: an e-mail address can be given to another
    person. Without such a tie it is the verified address that counts.
    """
    current = [each for each in members if each.ends_at is None or each.ends_at > as_of]
    by_subject = [each for each in current if (each.issuer, each.subject) == (issuer, person.subject)]
    by_email = [each for each in current if each.subject is None and each.email == person.email]
    return next(iter(by_subject + by_email), None)


def ends_as_it_must(roles: Iterable[str], ends_at: datetime | None) -> bool:
    """An auditor is invited for an engagement, and the invitation ends."""
    return Role.AUDITOR not in roles or ends_at is not None
