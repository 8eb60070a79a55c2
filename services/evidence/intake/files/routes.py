from services.evidence.intake.files import queries
from services.evidence.intake.files.schemas import FileOut
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("files")


routes.list(
    "list_files",
    "/v1/files",
    queries.files,
    FileOut,
    permission=P.EVIDENCE_READ,
    description="The organisation's files, whatever became of them.",
)


routes.one(
    "get_file",
    "/v1/files/{file_id}",
    queries.file,
    FileOut,
    permission=P.EVIDENCE_READ,
    description="What is known of an uploaded file. Its bytes are read through the evidence that it is.",
)
