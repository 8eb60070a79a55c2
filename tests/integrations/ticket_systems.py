"""Small real servers that behave as GitHub, GitLab and Jira do: as far as tickets need it, and when they misbehave.

They know nothing of how Attest asks. What is made is kept before it is answered, as theirs is; an answer may be lost.
"""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from tests.integrations.receiver import ALLOWED_HOST

TOKEN = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"
Answer = tuple[int, Any]
S = TypeVar("S", bound="System")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True)
class Trouble:
    """What goes wrong with requests like this, so many times, before anything is done or after it (`done`).

    `after` is how many go well before. Without a status the connection is closed, and the answer lost. `until` holds
    the request back.
    """

    method: str
    path: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    done: bool = False
    times: int = 1
    after: int = 0
    until: asyncio.Event | None = None
    met: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class System:
    """A system of tickets: its issues, what it was asked, and what goes wrong."""

    port: int = 0
    issues: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)  # by place, while what lists them lags
    rewrites: Callable[[dict[str, Any]], None] = lambda _issue: None  # an automation, run after every write
    _clock: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def url(self) -> str:
        return f"http://{ALLOWED_HOST}:{self.port}"

    def now(self) -> str:
        """A time that no two changes share."""
        self._clock = max(self._clock + timedelta(seconds=1), datetime.now(UTC))
        return self._clock.strftime("%Y-%m-%dT%H:%M:%SZ")

    def wrote(self, step: str = "") -> list[Asked]:
        """The requests that may have changed something."""
        writing = [each for each in self.asked if each.method != "GET" and not _only_reads(each)]
        return [each for each in writing if step in each.path]

    def listed(self) -> list[dict[str, Any]]:
        return [issue for place, issue in enumerate(self.issues) if place not in self.hidden]

    def answer(self, asked: Asked) -> Answer:
        """What this system answers; the subclass's."""
        raise AssertionError(asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            asked = await _read(reader)
            self.asked.append(asked)
            trouble = self._trouble_with(asked)
            answer: Answer | None = None
            if trouble is None or trouble.done:
                answer = self.answer(asked)
            if trouble is not None:
                trouble.met.set()
                if trouble.until is not None:
                    await trouble.until.wait()
                answer = None if trouble.status is None else (trouble.status, trouble.body)
            if answer is not None:
                _write(writer, answer, trouble.headers if trouble else {})
                await writer.drain()
        writer.close()

    def _trouble_with(self, asked: Asked) -> Trouble | None:
        for trouble in self.troubles:
            if trouble.times and trouble.method == asked.method and re.search(trouble.path, asked.path):
                if trouble.after:
                    trouble.after -= 1
                    continue
                trouble.times -= 1
                return trouble
        return None


class GitHub(System):
    """Repository `acme/compliance`; whoever has the token is `attest-bot`."""

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}
        if asked.path == "/user":
            return 200, {"login": "attest-bot"}
        if asked.path == "/repos/acme/compliance":
            return 200, {"full_name": "acme/compliance", "has_issues": True}
        if asked.path == "/repos/acme/compliance/issues":
            return self._made(asked.body) if asked.method == "POST" else (200, self._page(asked.query))
        found = re.fullmatch(r"/repos/acme/compliance/issues/(\d+)", asked.path)
        if found is None or int(found[1]) > len(self.issues):
            return 404, {"message": "Not Found"}
        issue = self.issues[int(found[1]) - 1]
        if asked.method == "PATCH":
            self.change(issue, **asked.body)
            self.rewrites(issue)
        return 200, issue

    def change(self, issue: dict[str, Any], **values: Any) -> None:
        """As a person does it, or the API."""
        issue.update(values, updated_at=self.now())
        if issue["state"] == "open":
            issue["state_reason"] = None

    def _made(self, body: dict[str, Any]) -> Answer:
        number = len(self.issues) + 1
        issue = {
            "number": number,
            "html_url": f"https://github.com/acme/compliance/issues/{number}",
            "title": body["title"],
            "body": body["body"],
            "labels": body.get("labels", []),
            "state": "open",
            "state_reason": None,
            "assignee": None,
            "updated_at": self.now(),
        }
        self.issues.append(issue)
        return 201, issue

    def _page(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        wanted = set(query.get("labels", "").split(",")) - {""}
        since = query.get("since", "")
        listed = [each for each in self.listed() if wanted <= {*each["labels"]} and each["updated_at"] >= since[:19]]
        size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
        return listed[::-1][size * (page - 1) : size * page]


class GitLab(System):
    """Project `acme/grc/compliance`; whoever has the token is `project_7_bot`."""

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("private-token") != TOKEN:
            return 401, {"message": "401 Unauthorized"}
        if asked.path == "/api/v4/user":
            return 200, {"username": "project_7_bot"}
        project = "/api/v4/projects/acme%2Fgrc%2Fcompliance"
        if asked.path == project:
            return 200, {"id": 7}
        if asked.path == f"{project}/issues":
            return self._made(asked.body) if asked.method == "POST" else (200, self.listed())
        found = re.fullmatch(rf"{project}/issues/(\d+)", asked.path)
        if found is None or int(found[1]) > len(self.issues):
            return 404, {"message": "404 Not found"}
        issue = self.issues[int(found[1]) - 1]
        if asked.method == "PUT":
            self.change(issue, **asked.body)
            self.rewrites(issue)
        return 200, issue

    def change(self, issue: dict[str, Any], state_event: str | None = None, **values: Any) -> None:
        """As a person does it, or the API."""
        state = {"close": "closed", "reopen": "opened"}.get(state_event or "", issue["state"])
        issue.update(values, state=state, updated_at=self.now())

    def _made(self, body: dict[str, Any]) -> Answer:
        number = len(self.issues) + 1
        issue = {
            "id": 1000 + number,
            "iid": number,
            "web_url": f"https://gitlab.example.com/acme/grc/compliance/-/issues/{number}",
            "title": body["title"],
            "description": body["description"],
            "labels": body["labels"].split(","),
            "due_date": body.get("due_date"),
            "state": "opened",
            "assignee": None,
            "updated_at": self.now(),
        }
        self.issues.append(issue)
        return 201, issue


_STATES = {"To do": "new", "In Arbeit": "indeterminate", "Erledigt": "done"}
_WAYS = {"To do": ["In Arbeit"], "In Arbeit": ["To do", "Erledigt"], "Erledigt": ["To do"]}


class Jira(System):
    """Project SEC of Jira Cloud: states have names of the team's own, and not every state leads to every other."""

    user = "grc@example.com"

    def answer(self, asked: Asked) -> Answer:
        pair = base64.b64encode(f"{self.user}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return 401, {"errorMessages": ["Client must be authenticated"]}
        path = asked.path.removeprefix("/rest/api/3")
        types = "/issue/createmeta/SEC/issuetypes"
        fixed: dict[str, Any] = {
            "/myself": {"accountId": "5b10a2844c20165700ede21g"},
            types: {"issueTypes": [{"id": "10001", "name": "Task"}, {"id": "10002", "name": "Change"}]},
            f"{types}/10001": {"fields": [{"fieldId": "summary", "name": "Summary", "required": True}]},
            f"{types}/10002": {"fields": [{"fieldId": "customfield_1", "name": "Change window", "required": True}]},
        }
        if path in fixed:
            return 200, fixed[path]
        if path == "/search":
            return 410, {"errorMessages": ["The requested API has been removed."]}
        if path == "/search/jql":
            label = re.findall(r'labels = "([^"]+)"', asked.body["jql"])[0]
            return 200, {"issues": [each for each in self.listed() if label in each["fields"]["labels"]]}
        if path == "/issue":
            return self._made(asked.body["fields"])
        return self._of_issue(asked, path)

    def change(self, issue: dict[str, Any], **fields: Any) -> None:
        """As a person does it, or the API."""
        issue["fields"].update(fields, updated=self.now())

    def move(self, issue: dict[str, Any], name: str) -> None:
        resolution = {"name": "Done"} if name == "Erledigt" else None
        self.change(issue, status=_status(name), resolution=resolution)

    def _of_issue(self, asked: Asked, path: str) -> Answer:
        found = re.fullmatch(r"/issue/SEC-(\d+)(/transitions)?", path)
        if found is None or int(found[1]) > len(self.issues):
            return 404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]}
        issue = self.issues[int(found[1]) - 1]
        if found[2] and asked.method == "GET":
            ways = _WAYS[issue["fields"]["status"]["name"]]
            return 200, {"transitions": [{"id": name, "name": f"to {name}", "to": _status(name)} for name in ways]}
        if found[2]:
            self.move(issue, asked.body["transition"]["id"])
            return 204, None
        if asked.method == "PUT":
            self.change(issue, **asked.body["fields"])
            self.rewrites(issue)
            return 204, None
        return 200, issue

    def _made(self, fields: dict[str, Any]) -> Answer:
        if not isinstance(fields.get("description"), dict):
            return 400, {"errors": {"description": "Operation value must be an Atlassian Document"}}
        key = f"SEC-{len(self.issues) + 1}"
        kept = {**fields, "duedate": fields.get("duedate"), "status": _status("To do"), "resolution": None}
        issue = {"id": str(10000 + len(self.issues)), "key": key, "fields": {**kept, "updated": self.now()}}
        self.issues.append(issue)
        return 201, {"id": issue["id"], "key": key}


def _status(name: str) -> dict[str, Any]:
    return {"name": name, "statusCategory": {"key": _STATES[name]}}


def _only_reads(asked: Asked) -> bool:
    """A search by POST, or a query of GraphQL."""
    return asked.path.endswith("/search/jql") or str((asked.body or {}).get("query", "")).startswith("query")


async def _read(reader: asyncio.StreamReader) -> Asked:
    head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, target, _ = head.split(" ")
    parts = urlsplit(target)
    query = {name: unquote(values[0]) for name, values in parse_qs(parts.query).items()}
    return Asked(method, parts.path, query, headers, json.loads(body) if body else None)


def _write(writer: asyncio.StreamWriter, answer: Answer, headers: Mapping[str, str]) -> None:
    status, document = answer
    body = b"" if document is None else json.dumps(document).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)


@asynccontextmanager
async def served(system: S) -> AsyncIterator[S]:
    """The system at an address that the tests' installation allows."""
    server = await asyncio.start_server(system.serve, ALLOWED_HOST)
    system.port = server.sockets[0].getsockname()[1]
    async with server:
        yield system
