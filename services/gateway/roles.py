"""The roles that an organisation can give to its members and API clients."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.identity.roles import Role


def assignable(roles: list[Role]) -> list[Role]:
    """The roles without repetition; ValueError for those that nobody, or nobody beside them, may have.

    Operators run the installation; they come from its environment and are never made over the API.
    """
    if Role.OPERATOR in roles:
        raise ValueError("the role operator is not an organisation's to give")
    return list(dict.fromkeys(roles))


Roles = Annotated[
    list[Role],
    Field(min_length=1, max_length=len(Role), examples=[["compliance-manager"]]),
    AfterValidator(assignable),
]
