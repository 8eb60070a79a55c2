"""ETag, If-Match and If-None-Match (RFC 9110, 13): the ETag of a thing is its version."""

from typing import Annotated

from fastapi import Depends, Header, Request, Response

from shared.data.records import ANY_VERSION
from shared.problems import Fault, Malformed, PreconditionRequired


def etag(version: int | str) -> str:
    """The version, or the digest of what has none, as a strong entity tag."""
    return f'"{version}"'


def unchanged(request: Request, version: int | str) -> bool:
    """Whether the client already has this version."""
    given = request.headers.get("if-none-match")
    return given is not None and (given.strip() == "*" or etag(version) in _tags(given))


def representation(request: Request, body: bytes, version: int | str) -> Response:
    """A thing's JSON with its ETag, or 304 when the client has it."""
    headers = {"ETag": etag(version)}
    if unchanged(request, version):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def require_version(
    if_match: Annotated[str | None, Header(description='The ETag you last read, as in `"3"`')] = None,
) -> int:
    """The version that the caller expects, from `If-Match`."""
    if if_match is None:
        raise PreconditionRequired(
            "Send If-Match with the ETag you last read.", faults=[Fault("header/If-Match", "missing")]
        )
    if if_match.strip() == "*":
        return ANY_VERSION
    tag = if_match.strip().strip('"')
    if not (tag.isascii() and tag.isdigit()) or len(tag) > 9:  # noqa: PLR2004 - an int4 has no more digits
        raise Malformed("If-Match is not an ETag of ours.", faults=[Fault("header/If-Match", 'expected "<version>"')])
    return int(tag)


ExpectedVersion = Annotated[int, Depends(require_version)]


def _tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]
