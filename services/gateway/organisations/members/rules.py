"""Whom an outside token means, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.gateway.organisations.members.models import Member


@dataclass(frozen=True, slots=True)
class PossibleMember:
    """A member whom a token may mean: tied to its subject, or a person who has its e-mail address."""

    member: Member
    has_address: bool


def meant(possible: Iterable[PossibleMember], *, issuer: str, subject: str, as_of: datetime) -> Member | None:
    """The active member that a verified token speaks for.

    A member tied to an issuer's subject is that subject and nobody else: an e-mail address can be given to another
    person. Without such a tie it is the verified address that counts.
    """
    current = [one for one in possible if one.member.ends_at is None or one.member.ends_at > as_of]
    by_subject = [one.member for one in current if (one.member.issuer, one.member.subject) == (issuer, subject)]
    by_address = [one.member for one in current if one.member.subject is None and one.has_address]
    return next(iter(by_subject + by_address), None)
