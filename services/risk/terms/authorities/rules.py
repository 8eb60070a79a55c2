"""Whether somebody has the authority that a level needs. Pure functions."""

from collections.abc import Collection

from services.risk.terms.method_terms.schemas import Authority
from shared.identity.roles import Role


def has_authority(authority: Authority, roles: Collection[Role]) -> bool:
    """Whether one of these roles may approve at this level; where the owner alone is enough, anybody may."""
    return not authority.approvers or any(role in authority.roles for role in roles)


def in_words(authority: Authority) -> str:
    """Who may approve at this level."""
    people = "person" if authority.approvers == 1 else "people"
    return f"{authority.approvers} {people} with the role {' or '.join(authority.roles)}"
