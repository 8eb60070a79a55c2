"""No secret is anywhere but where it is shown once: not in the database, not in the trail, not in a log."""

import base64
import uuid

import asyncpg
import httpx
import pytest
from cryptography.exceptions import InvalidTag

from deploy.local.stack import Stack
from services.gateway.settings import GatewaySettings
from shared.vault import Vault
from tests.gateway.support import token_for
from tests.support import Organisation, created, ok


async def dump(stack: Stack) -> str:
    """Every row of every table of the gateway's database, as its superuser sees them."""
    environment = stack.environment("gateway")
    superuser = environment["ATTEST_SUPERUSER_DATABASE_URL"].rpartition("/")[0] + "/gateway"
    connection = await asyncpg.connect(superuser)
    try:
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        rows = [
            row[0]
            for (table,) in tables
            for row in await connection.fetch(f'select t::text from "{table}" t')  # noqa: S608 - names from the catalogue
        ]
        return "\n".join(rows)
    finally:
        await connection.close()


async def test_no_secret_is_written_anywhere(org: Organisation, operator: httpx.AsyncClient, stack: Stack) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    client = created(
        await org.admin.post("/v1/api-clients", json={"title": "Hidden", "roles": ["viewer"]}, headers=headers)
    )
    more = created(await org.admin.post(f"/v1/api-clients/{client['id']}/secrets", json={}))
    token = ok(await token_for(stack.url, client["id"], client["client_secret"]))["access_token"]
    await token_for(stack.url, client["id"], "attest_a-wrong-secret-somebody-typed")
    created(await operator.post("/v1/signing-keys"))
    environment = stack.environment("gateway")
    everything = await dump(stack)
    log = stack.state.log("gateway").read_text(encoding="utf-8", errors="replace")
    assert client["id"] in everything
    for secret in (
        client["client_secret"],
        more["client_secret"],
        org.credentials["client_secret"],
        environment["ATTEST_OPERATOR_SECRET"],
        environment["ATTEST_KEY_ENCRYPTION_KEY"],
        "attest_a-wrong-secret-somebody-typed",
        token.rpartition(".")[2],
        '"d":',
    ):
        assert secret not in everything
        assert secret not in log
        assert secret.encode().hex() not in everything


async def test_private_keys_open_only_with_the_environments_key(stack: Stack) -> None:
    environment = stack.environment("gateway")
    names = {name.removeprefix("ATTEST_").lower(): value for name, value in environment.items()}
    vault = Vault(GatewaySettings.model_validate(names))
    other = base64.urlsafe_b64encode(bytes(32)).decode()
    wrong = Vault(GatewaySettings.model_validate({**names, "key_encryption_key": other}))
    superuser = environment["ATTEST_SUPERUSER_DATABASE_URL"].rpartition("/")[0] + "/gateway"
    connection = await asyncpg.connect(superuser)
    sealed = await connection.fetch("select id, sealed from sealed_keys")
    await connection.close()
    assert sealed
    for row in sealed:
        assert b'"d"' in vault.open(row["sealed"], belongs_to=row["id"])
        for opener, owner in ((wrong, row["id"]), (vault, uuid.uuid4())):
            with pytest.raises(InvalidTag):
                opener.open(row["sealed"], belongs_to=owner)


async def test_the_application_role_sees_no_client_that_the_transaction_does_not_name(
    org: Organisation, stack: Stack
) -> None:
    """The policies that find a client before its organisation is known show one client, and let nothing be written."""
    connection = await asyncpg.connect(stack.environment("gateway")["ATTEST_DATABASE_URL"])
    try:
        assert await connection.fetchval("select count(*) from api_clients") == 0
        assert await connection.fetchval("select count(*) from client_secrets") == 0
        async with connection.transaction():
            await connection.execute("select set_config('app.client_id', $1, true)", org.credentials["client_id"])
            assert await connection.fetchval("select count(*) from api_clients") == 1
            assert await connection.fetchval("select count(*) from client_secrets") == 1
            assert await connection.fetchval("select count(*) from organisations") == 0
            assert await connection.execute("update api_clients set roles = '{admin}'") == "UPDATE 0"
            assert await connection.execute("update client_secrets set revoked_at = now()") == "UPDATE 0"
        assert await connection.fetchval("select count(*) from api_clients") == 0
    finally:
        await connection.close()
