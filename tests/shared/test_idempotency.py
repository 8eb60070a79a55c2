"""Idempotency-Key: the same request again is one effect and the first answer."""

import asyncio
import uuid

import asyncpg

from deploy.local.stack import Stack
from tests.support import Organisation, created, ok, problem

HEADER = "Idempotency-Key"


def _draft(code: str) -> dict[str, object]:
    return {
        "code": code,
        "title": "Backups are restored",
        "statement": "A backup is restored every month.",
        "owner": "kim@example.com",
        "kind": "corrective",
        "nature": "manual",
        "frequency": "monthly",
    }


async def test_the_first_answer_comes_again(org: Organisation) -> None:
    headers = {HEADER: str(uuid.uuid4())}
    first = await org.manager.post("/v1/controls", json=_draft("BC-01"), headers=headers)
    again = await org.manager.post("/v1/controls", json=_draft("BC-01"), headers=headers)
    assert created(first) == created(again)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"]
    assert len(ok(await org.manager.get("/v1/controls"))["items"]) == 1


async def test_another_body_with_the_same_key_is_refused(org: Organisation) -> None:
    headers = {HEADER: str(uuid.uuid4())}
    created(await org.manager.post("/v1/controls", json=_draft("BC-01"), headers=headers))
    answer = problem(await org.manager.post("/v1/controls", json=_draft("BC-02"), headers=headers), 422, "key-reused")
    assert answer["errors"] == [{"pointer": f"header/{HEADER}", "detail": "used"}]


async def test_a_key_belongs_to_its_caller(org: Organisation, other_org: Organisation) -> None:
    headers = {HEADER: "the same key for everyone"}
    created(await org.manager.post("/v1/controls", json=_draft("BC-01"), headers=headers))
    created(await org.second_manager.post("/v1/controls", json=_draft("BC-02"), headers=headers))
    created(await other_org.manager.post("/v1/controls", json=_draft("BC-01"), headers=headers))


async def test_many_at_once_have_one_effect(org: Organisation) -> None:
    headers = {HEADER: str(uuid.uuid4())}
    answers = await asyncio.gather(
        *(org.manager.post("/v1/controls", json=_draft("BC-01"), headers=headers) for _ in range(12))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    for refused in (answer for answer in answers if answer.status_code == 409):
        problem(refused, 409, "in-flight")
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(ok(await org.manager.get("/v1/controls"))["items"]) == 1


async def test_a_refusal_is_not_kept(org: Organisation) -> None:
    headers = {HEADER: str(uuid.uuid4())}
    control = created(await org.manager.post("/v1/controls", json=_draft("BC-01")))
    path = f"/v1/controls/{control['id']}/implementations"
    problem(await org.manager.post(path, headers=headers), 409, "conflict")
    ok(await org.second_manager.post(f"/v1/controls/{control['id']}/approvals"))
    assert ok(await org.manager.post(path, headers=headers))["status"] == "implemented"


async def test_a_key_that_is_not_one_is_refused(org: Organisation) -> None:
    problem(await org.manager.post("/v1/controls", json=_draft("BC-01"), headers={HEADER: ""}), 400, "malformed")
    long = {HEADER: "k" * 256}
    problem(await org.manager.post("/v1/controls", json=_draft("BC-01"), headers=long), 400, "malformed")


async def test_a_stored_answer_cannot_be_read_without_its_key(stack: Stack, org: Organisation) -> None:
    key = str(uuid.uuid4())
    registered = await org.admin.post(
        "/v1/api-clients", json={"title": "CI", "roles": ["viewer"]}, headers={HEADER: key}
    )
    secret = created(registered)["client_secret"]
    connection = await asyncpg.connect(stack.environment("gateway")["ATTEST_DATABASE_URL"])
    async with connection.transaction():
        await connection.execute("select set_config('app.org_id', $1, true)", org.id)
        rows = await connection.fetch("select key_hash, answer from stored_answers")
    await connection.close()
    assert rows
    assert not any(secret.encode() in row["answer"] or key.encode() in row["key_hash"] for row in rows)
