from uuid import UUID

from fastapi import Response

from services.gateway.people.people import actions, queries
from services.gateway.people.people.schemas import PersonDraft, PersonOut, PersonRevision
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound, PersonGone, UnknownPerson

routes = Routes("people")

_REFUSALS = (
    UnknownPerson,
    PersonGone,
    actions.AddressTaken,
    actions.AddressUsedBefore,
)

routes.list(
    "list_people",
    "/v1/people",
    queries.people,
    PersonOut,
    permission=P.PEOPLE_READ,
    description="The organisation's people, also those who may not act and those who left.",
)

routes.one(
    "get_person",
    "/v1/people/{person_id}",
    queries.person,
    PersonOut,
    permission=P.PEOPLE_READ,
    description="One person.",
)


@routes.post("/v1/people", permission=P.PEOPLE_WRITE, status_code=201, response_model=PersonOut, refuses=_REFUSALS)
async def add_person(draft: PersonDraft, write: Write) -> Response:
    """Put a person into the directory; as a member they may act, too."""
    person = await actions.add(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.person, person.id, f"/v1/people/{person.id}")


@routes.patch(
    "/v1/people/{person_id}",
    permission=P.PEOPLE_WRITE,
    response_model=PersonOut,
    refuses=(NotFound, *_REFUSALS, actions.ManagerCircle),
)
async def revise_person(person_id: UUID, revision: PersonRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change a person's name, e-mail addresses, department or manager."""
    await actions.revise(
        write.session, person_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.person, person_id)
