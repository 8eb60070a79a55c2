"""A page for each problem type, where its `type` address leads: what it means, and what a client does about it."""

import json
from dataclasses import dataclass
from functools import cache
from html import escape
from http import HTTPStatus
from pathlib import Path

_PROBLEMS = Path(__file__).parent / "problems.json"
# What helps is the same for all problems of a status (RFC 9110, section 15; RFC 6585 for 428 and 429).
_ADVICE = {
    400: "Mend the request. `detail` and `errors` say which part of it cannot be read.",
    401: "Get a token from POST /v1/oauth/token, and send it as `Authorization: Bearer …`. Tokens live for minutes.",
    403: "Another person or another caller has to do this. `detail` names the permission or the duty.",
    404: "Check the id. What belongs to another organisation, or what you may not see, answers like what is not there.",
    405: "Use a method that the contract names for this address.",
    408: "Send it again, faster or in smaller pieces.",
    409: "Read the resource again: its state has to change first. `detail` names the actions that its state allows.",
    410: "It was disposed of by the rules of retention and does not come back.",
    412: "Read the resource again, apply your change to what you find, and send the new ETag as `If-Match`.",
    413: "Send less. `detail` says how much is taken.",
    415: "Send the media type that the operation names, and say so in `Content-Type`.",
    416: "Ask for a range within the file; `Content-Range` says how long it is.",
    422: "`errors` lists each field by JSON pointer, with what is wrong with it. Mend these and send it again.",
    428: "Read the resource first, and send its ETag as `If-Match`, so that no change of another person is lost.",
    429: "Wait for the seconds that `Retry-After` names.",
    460: "The bytes were changed on the way. Send the same piece again, from the offset that HEAD answers.",
    500: "This is a fault of Attest. Report it with its `request_id`, which leads to it in the logs.",
    502: "Try again after a moment; with the same `Idempotency-Key` nothing happens twice.",
    503: "Wait for the seconds that `Retry-After` names, then try again with the same `Idempotency-Key`.",
    504: "It may have been done: try again with the same `Idempotency-Key`, and it happens once.",
}
_TUS = {460: "Checksum Mismatch"}  # the one status of ours that HTTP does not define but tus does
_HEAD = (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<link rel="icon" href="/docs/favicon.png">\n<link rel="stylesheet" href="/docs/pages.css">\n'
)


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A problem type as the contract knows it."""

    slug: str
    status: int
    title: str


@cache
def problem_types() -> dict[str, ProblemType]:
    """Every problem type by its slug, in the order of their statuses."""
    return {row["slug"]: ProblemType(**row) for row in json.loads(_PROBLEMS.read_text(encoding="utf-8"))}


def list_page(status: int | None) -> str:
    """All problem types, or those of one status."""
    found = [problem for problem in problem_types().values() if status in {None, problem.status}]
    rows = "".join(
        f'<tr><td>{problem.status}<td><a href="/problems/{problem.slug}">{problem.slug}</a><td>{escape(problem.title)}.'
        for problem in found
    )
    of = f" with status {status}" if status else ""
    advice = f"<p>{_text(_ADVICE[status])}" if status in _ADVICE else ""
    table = f"<table><tr><th>Status<th>Type<th>What went wrong{rows}</table>" if found else "<p>There are none."
    return _page(f"Problems{of}", f"{advice}{table}")


def type_page(problem: ProblemType) -> str:
    """What one problem type means, and what helps."""
    phrase = _TUS.get(problem.status) or HTTPStatus(problem.status).phrase
    return _page(
        problem.title,
        f"<p><code>/problems/{problem.slug}</code> · status {problem.status} {escape(phrase)}"
        f"<h2>What went wrong</h2><p>{escape(problem.title)}."
        f"<h2>What to do</h2><p>{_text(_ADVICE[problem.status])}"
        "<p>The answer is <code>application/problem+json</code> (RFC 9457): <code>title</code> is the same for every"
        " answer of this type, <code>detail</code> is about this one, <code>errors</code> names the fields, and"
        " <code>request_id</code> leads to the request in the logs."
        f'<p><a href="/problems?status={problem.status}">Others with status {problem.status}</a> ·'
        ' <a href="/problems">All problems</a> · <a href="/docs">The API</a>',
    )


def _page(title: str, body: str) -> str:
    heading = escape(title)
    return f"{_HEAD}<title>{heading} · Attest</title>\n</head>\n<body>\n<h1>{heading}</h1>\n{body}\n</body>\n</html>\n"


def _text(words: str) -> str:
    """Escaped, with what stands between backticks as code."""
    parts = escape(words).split("`")
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))
