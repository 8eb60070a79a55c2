"""What is refused at the door of imports: never with a 5xx, always with a place, and nothing is kept."""

import asyncio
import json
from typing import Any

from deploy.client import ClientCredentials
from deploy.local.stack import Stack
from tests.controls.documents import CSV, JSON, catalogue, control, own_framework, send, shipped
from tests.support import Organisation, created, ok, problem

_ROW = {"ref": "R-1", "title": "One"}
_CATEGORIES = "/requirements/0/categories"


def _own(**members: Any) -> bytes:
    return json.dumps({"label": "1", "requirements": [_ROW], **members}).encode()


# What comes, as what, and how it is refused: status, problem, and where (None: a place that says little).
REFUSED: list[tuple[bytes, str, int, str, str | None]] = [
    (b"", JSON, 400, "document-unreadable", ""),
    (b'{"requirements": [}', JSON, 400, "document-unreadable", ""),
    (b"\xff\xfe{", JSON, 400, "document-unreadable", ""),
    (b"[" * 100_000, JSON, 400, "document-unreadable", ""),
    (b'{"a":' * 900 + b"1" + b"}" * 900, JSON, 400, "document-unreadable", None),
    (b"[" + b"[]," * 600_000 + b"[]]", JSON, 400, "document-unreadable", None),
    (b"[1]", JSON, 422, "document-invalid", ""),
    (_own(requirements=[]), JSON, 422, "document-invalid", "/requirements"),
    (_own(surplus=1), JSON, 422, "document-invalid", "/surplus"),
    (b'{"label": "1", "label": "2", "requirements": []}', JSON, 422, "document-invalid", "/label"),
    (b'{"label": "1", "x": 1' + b"0" * 5_000 + b"}", JSON, 422, "document-invalid", "/x"),
    (b'{"label": "1", "x": 1e999}', JSON, 422, "document-invalid", "/x"),
    (b'{"label": "1", "x": NaN}', JSON, 422, "document-invalid", "/x"),
    (_own(requirements=[_ROW | {"title": "a\x00b"}]), JSON, 422, "document-invalid", "/requirements/0/title"),
    (b'{"label": "\\ud800"}', JSON, 422, "document-invalid", "/label"),
    (b'{"\\ud800": 1, "\\u0000": 2}', JSON, 422, "document-invalid", "/\\ud800"),
    (_own(requirements=[_ROW, _ROW]), JSON, 422, "document-invalid", "/requirements/1/ref"),
    (_own(requirements=[_ROW | {"parent": "R-2"}]), JSON, 422, "document-invalid", "/requirements/0/parent"),
    (_own(requirements=[_ROW | {"parent": "R-1"}]), JSON, 422, "document-invalid", "/requirements/0/parent"),
    (
        _own(requirements=[_ROW | {"categories": ["c"]}]),
        JSON,
        422,
        "document-invalid",
        "/requirements/0/categories",
    ),
    (_own(label=None), JSON, 422, "document-invalid", "query/label"),
    (b'{"system-security-plan": {}}', JSON, 422, "document-invalid", "/system-security-plan"),
    (b"ref;title\r\nR-1;One;more\r\n", CSV, 422, "document-invalid", "/rows/2"),
    (b"ref,titel\nR-1,One\n", CSV, 422, "document-invalid", "/rows/1"),
    (b"ref,title,assessed\nR-1,One,perhaps\n", CSV, 422, "document-invalid", "/rows/2/assessed"),
    (b"ref,title\nR-1,One\n\nR-1,Two\n", CSV, 422, "document-invalid", "/rows/4/ref"),
    (b'ref,title\nR-1,"One\n', CSV, 422, "unreadable-table", "/rows/2"),
    (b"ref,title\nR-1,a\x00b\n", CSV, 422, "document-invalid", "/rows/2/title"),
    (b"ref,title\n" + b"R-1,One\n" * 1_000_000, CSV, 422, "document-invalid", None),
    (b"ref,title\nR-1," + b"x" * 200_000 + b"\n", CSV, 422, "unreadable-table", "/rows/2"),
    (b"", CSV, 422, "document-invalid", "/rows/1/ref"),
    (b"ref,title\nR-1,One\n", "text/plain", 415, "unsupported-media-type", "header/Content-Type"),
]


async def test_what_cannot_be_a_version_is_refused_with_its_place(org: Organisation) -> None:
    framework = await own_framework(org)
    for raw, media_type, status, slug, pointer in REFUSED:
        label = {"label": "1"} if media_type == CSV else {}
        refused = problem(await send(org, framework, raw, media_type, **label), status, slug)
        if pointer is not None:
            assert refused["errors"][0]["pointer"] == pointer, refused
    assert ok(await org.viewer.get("/v1/framework-versions", params={"framework_id": framework}))["items"] == []


async def test_what_is_too_large_is_refused_before_it_is_sent(org: Organisation, stack: Stack) -> None:
    framework = await own_framework(org)
    assert isinstance(org.manager.auth, ClientCredentials)
    head = (
        f"POST /v1/frameworks/{framework}/versions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/csv\r\n"
        f"Authorization: Bearer {org.manager.auth.token}\r\nContent-Length: {65 * 1024 * 1024}\r\n\r\nref,title"
    )
    # Past the edge, which waits for more of the body before it hands back the answer that it has.
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.ports.internal["controls"])
    try:
        writer.write(head.encode())
        answer = await asyncio.wait_for(reader.readuntil(b"}"), 5)
    finally:
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_where_json_ends_is_told_by_line_and_column(org: Organisation) -> None:
    refused = await send(org, await own_framework(org), b'{\n  "label": "1",\n  oops\n}', JSON)
    assert "line 3, column 3" in problem(refused, 400, "document-unreadable")["detail"]


async def test_every_fault_of_a_catalogue_is_told_at_once(org: Organisation) -> None:
    bad = control("a-1", "See {{ insert: param, nowhere }}.", surplus=1, links=[{"href": "#nothing"}])
    twin = {"id": "a-1", "params": [{"id": "9", "label": "x"}]}
    document = catalogue({"id": "g", "title": "Group", "controls": [bad, twin]})
    document["catalog"]["metadata"]["last-modified"] = "yesterday"
    refused = problem(await send(org, await own_framework(org), document), 422, "document-invalid")
    assert {each["pointer"] for each in refused["errors"]} == {
        "/catalog/metadata/last-modified",
        "/catalog/groups/0/controls/0",
        "/catalog/groups/0/controls/1",
        "/catalog/groups/0/controls/1/params/0/id",
        "/catalog/groups/0/controls/0/parts/0/prose",
        "/catalog/groups/0/controls/1/id",
        "/catalog/groups/0/controls/0/links/0/href",
    }


async def test_a_hundred_faults_are_listed_and_the_rest_counted(org: Organisation) -> None:
    controls = [control(f"a-{number}", surplus=1) for number in range(3_000)]
    document = catalogue({"id": "g", "title": "Group", "controls": controls})
    refused = problem(await send(org, await own_framework(org), document), 422, "document-invalid")
    assert (len(refused["errors"]), refused["more_errors"]) == (100, 2_900)
    assert "3,000 faults" in refused["detail"]


async def test_a_version_never_changes(org: Organisation) -> None:
    framework = await own_framework(org)
    first = created(await send(org, framework, _own(), JSON))
    problem(await send(org, framework, _own(), JSON), 409, "label-taken")
    created(await send(org, framework, _own(), JSON, label="2"))
    assert ok(await org.viewer.get(f"/v1/framework-versions/{first['id']}")) == first


async def test_the_same_key_imports_once(org: Organisation) -> None:
    framework = await own_framework(org)
    headers = {"Content-Type": JSON, "Idempotency-Key": "import-1"}
    for _ in range(2):
        created(await org.manager.post(f"/v1/frameworks/{framework}/versions", content=_own(), headers=headers))
    assert len(ok(await org.viewer.get("/v1/framework-versions", params={"framework_id": framework}))["items"]) == 1


async def test_nothing_is_imported_into_what_comes_with_attest(org: Organisation) -> None:
    version = ok(await org.viewer.get(f"/v1/framework-versions/{await shipped(org, 'soc2')}"))
    problem(await send(org, version["framework_id"], _own(), JSON), 409, "comes-with-attest")


async def test_another_organisation_neither_reads_nor_adds(org: Organisation, other_org: Organisation) -> None:
    framework = await own_framework(org)
    version = created(await send(org, framework, _own(), JSON))["id"]
    problem(await send(other_org, framework, _own(), JSON), 404, "not-found")
    for path in ("", "/document", "/document?as=catalogue"):
        problem(await other_org.viewer.get(f"/v1/framework-versions/{version}{path}"), 404, "not-found")
    requirements = ok(await other_org.viewer.get("/v1/requirements", params={"version_id": version}))
    assert requirements["items"] == []
    theirs = await own_framework(other_org)
    selected = {"profile": {"uuid": "0d9e3c70-1111-4111-8111-111111111111"}}
    refused = problem(await send(other_org, theirs, selected, base=version), 422, "document-invalid")
    assert refused["errors"][0]["pointer"] == "query/base/0"


async def test_who_may_not_import_or_read_is_refused(org: Organisation) -> None:
    framework = await own_framework(org)
    version = created(await send(org, framework, _own(), JSON))["id"]
    headers = {"Content-Type": JSON}
    refused = await org.owner.post(f"/v1/frameworks/{framework}/versions", content=_own(), headers=headers)
    problem(refused, 403, "forbidden")
    problem(await org.monitor.get(f"/v1/framework-versions/{version}/document"), 403, "forbidden")
