from services.controls.frameworks.requirements import queries
from services.controls.frameworks.requirements.schemas import RequirementOut
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("requirements")


routes.list(
    "list_requirements",
    "/v1/requirements",
    queries.requirements,
    RequirementOut,
    permission=P.FRAMEWORKS_READ,
    description="What a version of a framework asks for, in its own order.",
    auditors=True,
)


routes.one(
    "get_requirement",
    "/v1/requirements/{requirement_id}",
    queries.requirement,
    RequirementOut,
    permission=P.FRAMEWORKS_READ,
    description="One requirement.",
    auditors=True,
)
