from typing import Annotated

from fastapi import Query, Response
from pydantic import HttpUrl, StringConstraints

from services.integrations.formats.contents import LARGEST, ResultFormat
from services.integrations.formats.faults import ResultFileUnreadable
from services.integrations.results.result_files import actions, queries
from services.integrations.results.result_files.schemas import ResultFileInput, ResultFileOut
from shared.http.doors import Stream, Write
from shared.http.fields import Title
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import Prefer, TooManyJobs, prefers_a_job, start
from shared.problems import Busy, LimitExceeded, TooLarge

routes = Routes("result files")

Covers = Annotated[
    Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600, pattern=r"^[^\x00-\x1f\x7f]*$")
    ]
    | None,
    Query(
        examples=["registry.example.com/api"],
        description="What this run looked at whole: a place as findings name it, without tag, digest or line, with all"
        " that is in it; or `*` for all of this source. Its vulnerabilities that the file does not list are fixed. Left"
        " out, the run is partial, and what it does not list stays as it is",
    ),
]
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_SARIF = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Bandit"}}, "results": []}]}
_TAKEN = {
    "application/json": {"schema": {"type": "object"}, "example": _SARIF},
    "application/xml": {
        "schema": {"type": "string"},
        "example": '<testsuite name="api"><testcase classname="access" name="denied by default"/></testsuite>',
    },
    "application/octet-stream": _BYTES,
}


routes.list(
    "list_result_files",
    "/v1/result-files",
    queries.result_files,
    ResultFileOut,
    permission=P.SOURCES_READ,
    description="The result files that were read, the newest first.",
)


routes.one(
    "get_result_file",
    "/v1/result-files/{file_id}",
    queries.result_file,
    ResultFileOut,
    permission=P.SOURCES_READ,
    description="One result file: its run, and how many results have which verdict.",
)


@routes.post(
    "/v1/result-files",
    permission=P.RESULT_FILES_PUSH,
    status_code=201,
    response_model=ResultFileOut,
    refuses=(TooLarge, LimitExceeded, Busy, ResultFileUnreadable, TooManyJobs),
    responses={
        200: {"model": ResultFileOut, "description": "The source has sent the same file before: nothing new"},
        202: {"model": JobOut, "description": "The job that reads it; its `location` will be the file"},
    },
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": _TAKEN}},
)
async def push_result_file(
    stream: Stream,
    source: Annotated[
        Title,
        Query(
            examples=["github-actions: acme/api"],
            description="Who reports: the same name in each run, so that controls can be linked to its checks",
        ),
    ],
    run: Annotated[
        Title | None,
        Query(examples=["7214"], description="The source's name of the run; what the file says when left out"),
    ] = None,
    file_format: Annotated[
        ResultFormat | None, Query(alias="format", description="Told from the content when left out")
    ] = None,
    url: Annotated[
        HttpUrl | None, Query(description="Where the run can be seen", examples=["https://ci.example.com/7214"])
    ] = None,
    covers: Covers = None,
    prefer: Prefer = None,
) -> Response:
    """Send a file of results, up to 128 MiB.

    JUnit XML, SARIF 2.1.0, Trivy JSON, OCSF (Prowler's too), CycloneDX JSON (VEX too), XCCDF and ARF, HDF (InSpec's
    JSON), OSCAL assessment results in JSON, Checkov JSON, or the files of Cloud Custodian's policies in a row.
    Each check of it is announced once with its verdict over all resources. Skipped is never a pass, and what a file
    does not mention has passed nothing. The same file of the same source is recorded once. Vulnerabilities become
    findings with a due date (`/v1/vulnerability-findings`).
    """
    seen_at = None if url is None else str(url)
    given = ResultFileInput(source=source, run=run, format=file_format, url=seen_at, covers=covers)
    with await stream.spool(LARGEST) as body:
        if prefers_a_job(prefer):
            return await stream.conclude(lambda write: start(write, actions.RESULT_FILE, given, body))
        file = await actions.read(stream.platform.children, stream.caller.org_id, body, file_format)

        async def keep(write: Write) -> Response:
            by, at = write.caller.actor, write.at
            file_id, new = await actions.keep(write.session, file, given=given, by=by, at=at)
            if not new:
                return await write.changed(queries.result_file, file_id)
            return await write.created(queries.result_file, file_id, actions.location_of(file_id))

        return await stream.conclude(keep)
