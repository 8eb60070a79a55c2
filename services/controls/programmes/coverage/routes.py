from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.frameworks.crosswalks.queries import frameworks_there
from services.controls.frameworks.frameworks.queries import edition_of
from services.controls.programmes.coverage.queries import Question, coverage
from services.controls.programmes.coverage.schemas import CoverageOut
from shared.http.doors import Read
from shared.http.fields import Code
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Fault, Invalid, NotFound

routes = Routes("coverage")


@routes.get(
    "/v1/framework-versions/{version_id}/coverage",
    permission=P.CONTROLS_READ,
    response_model=CoverageOut,
    refuses=(NotFound,),
)
async def get_coverage(
    version_id: UUID,
    read: Read,
    category: Annotated[list[Code], Query(examples=[["security", "availability"]], description="None is all")] = [],  # noqa: B006
    through: Annotated[
        Code | None,
        Query(examples=["soc2"], description="Count only controls by what they are mapped to in this framework"),
    ] = None,
) -> Response:
    """What the organisation would already have of a framework, requirement by requirement, and through which controls.

    Controls count where they are mapped, and through each crosswalk entry that leads from there.
    """
    async with read.transaction() as session:
        edition = await edition_of(session, version_id)
        offered = {category.code for category in edition.categories}
        faults = [Fault("query/category", f"There is no category {name}.") for name in category if name not in offered]
        if through is not None and not await frameworks_there(session, {through}):
            faults.append(Fault("query/through", f"There is no framework {through}."))
        if faults:
            raise Invalid("This cannot be asked of the framework.", faults=faults)
        question = Question(version_id, edition.code, list(dict.fromkeys(category)), through)
        answer = await coverage(session, question, edition.label)
    return await read.computed(answer)
