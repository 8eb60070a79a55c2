"""Organisations, people, teams, members, API clients, issuers, signing keys."""

from alembic import op

from shared.data.platform import fence, let_worker_read
from shared.identity.callers import PLATFORM

revision = "gateway_0002"
down_revision = "gateway_0001"

_RECORD = """
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
"""

_TABLES = (
    f"""create table organisations (
        id uuid primary key,
        org_id uuid not null check (org_id = id),
        title text not null,
        storage_quota_bytes bigint check (storage_quota_bytes >= 0),{_RECORD})""",
    "create index organisations_by_creation on organisations (org_id, created_at, id)",
    "create index organisations_by_update on organisations (org_id, updated_at, id)",
    f"""create table firms (
        id uuid primary key,
        org_id uuid not null check (org_id = id),
        name text not null,
        kind text not null check (kind in ('cpa_firm', 'certification_body')),
        summary text,
        website text,
        regions text[] not null,
        services text[] not null,
        peer_review jsonb,
        listed boolean not null,{_RECORD})""",
    "create index firms_by_name on firms (name, id)",
    "create index firms_by_creation on firms (created_at, id)",
    "create index firms_by_update on firms (updated_at, id)",
    f"""create table people (
        id uuid primary key,
        org_id uuid not null,
        name text not null,
        emails text[] not null,
        department text,
        manager_id uuid references people check (manager_id <> id),
        origin text not null check (origin in ('manual', 'provisioned')),
        status text not null check (status in ('active', 'left')),
        left_on date check ((left_on is null) = (status = 'active')),
        roles text[] not null,
        acts_until timestamptz,{_RECORD})""",
    "create index people_by_name on people (org_id, name, id)",
    "create index people_by_creation on people (org_id, created_at, id)",
    "create index people_by_update on people (org_id, updated_at, id)",
    "create index people_by_manager on people (manager_id) where manager_id is not null",
    """create table person_addresses (
        org_id uuid,
        address text check (address = lower(address)),
        person_id uuid references people,
        current boolean not null,
        primary key (org_id, address, person_id)
    )""",
    "create unique index address_is_one_persons on person_addresses (org_id, address) where current",
    "create index person_addresses_by_person on person_addresses (person_id)",
    # A person who signs in has named no organisation yet.
    "create index person_addresses_anywhere on person_addresses (address) where current",
    f"""create table licences (
        id uuid primary key,
        org_id uuid not null references firms,
        kind text not null check (kind in ('firm_permit', 'accreditation', 'cpa_licence', 'lead_auditor')),
        person_id uuid references people,
        region text not null,
        issued_by text not null,
        number text not null,
        issued_to text not null,
        expires_on date not null,
        status text not null check (status in ('declared', 'verified', 'refused', 'withdrawn')),
        verification jsonb,
        constraint licences_of_people_say_whose
            check ((person_id is not null) = (kind in ('cpa_licence', 'lead_auditor'))),
        constraint decided_licences_say_how
            check (status = 'withdrawn' or (verification is null) = (status = 'declared')),{_RECORD})""",
    "create index licences_by_firm on licences (org_id, created_at, id)",
    "create index licences_by_creation on licences (created_at, id)",
    "create index licences_by_update on licences (updated_at, id)",
    "create index licences_by_person on licences (person_id) where person_id is not null",
    f"""create table firm_invitations (
        id uuid primary key,
        org_id uuid not null,
        firm_name text not null,
        contact_name text not null,
        contact_email text not null,
        invited_by jsonb not null,
        expires_at timestamptz not null,
        status text not null check (status in ('open', 'accepted', 'revoked')),
        firm_id uuid references firms,
        ended_at timestamptz,
        constraint accepted_invitations_say_which_firm check ((status = 'accepted') = (firm_id is not null)),
        constraint ended_invitations_say_when check ((status = 'open') = (ended_at is null)),{_RECORD})""",
    "create index firm_invitations_by_creation on firm_invitations (org_id, created_at, id)",
    "create index firm_invitations_by_update on firm_invitations (org_id, updated_at, id)",
    "create index firm_invitations_by_firm on firm_invitations (firm_id) where firm_id is not null",
    """create table firm_invitation_secrets (
        invitation_id uuid primary key references firm_invitations,
        org_id uuid not null,
        digest bytea not null
    )""",
    "create unique index firm_invitation_secrets_by_digest on firm_invitation_secrets (digest)",
    f"""create table teams (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        person_ids uuid[] not null,
        status text not null check (status in ('active', 'dissolved')),{_RECORD})""",
    "create index teams_by_title on teams (org_id, title, id)",
    "create index teams_by_creation on teams (org_id, created_at, id)",
    "create index teams_by_update on teams (org_id, updated_at, id)",
    f"""create table api_clients (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        responsible_id uuid references people,
        roles text[] not null,
        status text not null check (status in ('active', 'revoked')),
        constraint somebody_is_responsible check (responsible_id is not null or org_id = '{PLATFORM}'),{_RECORD})""",
    "create index api_clients_by_responsible on api_clients (responsible_id) where status = 'active'",
    "create index api_clients_by_creation on api_clients (org_id, created_at, id)",
    "create index api_clients_by_update on api_clients (org_id, updated_at, id)",
    "create index api_clients_by_title on api_clients (org_id, title, id)",
    """create table client_secrets (
        id uuid primary key,
        org_id uuid not null,
        client_id uuid not null references api_clients,
        digest bytea not null,
        created_at timestamptz not null,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz,
        updated_at timestamptz not null
    )""",
    "create index client_secrets_by_client on client_secrets (client_id)",
    "create index client_secrets_by_creation on client_secrets (org_id, created_at, id)",
    f"""create table members (
        id uuid primary key,
        org_id uuid not null,
        person_id uuid not null references people,
        issuer text,
        subject text,
        roles text[] not null,
        ends_at timestamptz,
        status text not null check (status in ('active', 'removed')),
        check ((issuer is null) = (subject is null)),{_RECORD})""",
    "create unique index a_person_is_a_member_once on members (org_id, person_id) where status = 'active'",
    "create unique index member_subject_is_unique on members (org_id, issuer, subject) where status = 'active'",
    "create index members_by_person on members (person_id)",
    "create index members_by_subject_anywhere on members (issuer, subject) where status = 'active'",
    "create index members_by_creation on members (org_id, created_at, id)",
    "create index members_by_update on members (org_id, updated_at, id)",
    f"""create table issuers (
        id uuid primary key,
        org_id uuid not null,
        issuer text not null,
        audience text not null,
        jwks_uri text,
        jwks jsonb,
        status text not null check (status in ('trusted', 'revoked')),
        check ((jwks_uri is null) <> (jwks is null)),{_RECORD})""",
    "create unique index issuer_is_trusted_once on issuers (org_id, issuer) where status = 'trusted'",
    "create index issuers_by_creation on issuers (org_id, created_at, id)",
    "create index issuers_by_update on issuers (org_id, updated_at, id)",
    "create index issuers_by_name on issuers (issuer) where status = 'trusted'",
    f"""create table signing_keys (
        id uuid primary key,
        org_id uuid not null,
        state text not null check (state in ('signing', 'superseded', 'withdrawn')),
        public_jwk jsonb not null,
        published_until timestamptz,
        check ((published_until is null) = (state = 'signing')),{_RECORD})""",
    "create unique index one_key_signs on signing_keys (org_id) where state = 'signing'",
    "create index signing_keys_by_creation on signing_keys (org_id, created_at, id)",
    "create index signing_keys_by_update on signing_keys (org_id, updated_at, id)",
    """create table sealed_keys (
        id uuid primary key references signing_keys,
        org_id uuid not null,
        sealed bytea not null
    )""",
    """create table failed_sign_ins (
        origin text,
        client text,
        org_id uuid not null,
        failures integer not null,
        last_at timestamptz not null,
        primary key (origin, client)
    )""",
    "create index failed_sign_ins_by_age on failed_sign_ins (last_at)",
    """create table known_team_members (
        org_id uuid not null,
        id uuid not null,
        engagement_id uuid not null,
        client_id uuid not null,
        person_id uuid not null,
        role text not null,
        independence text not null,
        released boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create index known_team_members_by_person on known_team_members (org_id, person_id, engagement_id)
        where not released""",
)

# The caller of the token endpoint is in no organisation yet, nor is who founds a firm by invitation. The transaction
# names the one client, issuer, verified identity or secret that the request is about, and these policies show its
# rows: to read, and nothing beside them.
_BEFORE_THE_ORGANISATION_IS_KNOWN = (
    """create policy named_client on api_clients for select to gateway_app
        using (id = nullif(current_setting('app.client_id', true), '')::uuid)""",
    """create policy named_client on client_secrets for select to gateway_app
        using (client_id = nullif(current_setting('app.client_id', true), '')::uuid)""",
    """create policy named_issuer on issuers for select to gateway_app
        using (issuer = nullif(current_setting('app.issuer', true), ''))""",
    """create policy named_identity on person_addresses for select to gateway_app
        using (current and address = nullif(current_setting('app.email', true), ''))""",
    """create policy named_identity on members for select to gateway_app
        using (status = 'active' and (
            person_id in (select person_id from person_addresses where current
                          and address = nullif(current_setting('app.email', true), ''))
            or (issuer, subject) = (
                nullif(current_setting('app.issuer', true), ''), nullif(current_setting('app.subject', true), '')
            )
        ))""",
    """create policy named_invitation on firm_invitation_secrets for select to gateway_app
        using (digest = decode(nullif(current_setting('app.invitation_digest', true), ''), 'hex'))""",
)

# Every organisation finds the firms that let themselves be listed, and what these hold themselves; the operator sees
# all that is to be verified. A client also finds the firms that it brought here by an invitation. Row-level security
# lets nobody but the firm change any of it.
_OPERATOR = f"nullif(current_setting('app.org_id', true), '')::uuid = '{PLATFORM}'"
_DIRECTORY = (
    f"create policy directory on firms for select to gateway_app using (listed or {_OPERATOR})",
    f"create policy verified_by_operator on licences for select to gateway_app using ({_OPERATOR})",
    """create policy directory on licences for select to gateway_app
        using (person_id is null and exists (select from firms where firms.id = licences.org_id and listed))""",
    """create policy invited on firms for select to gateway_app
        using (exists (select from firm_invitations i where i.firm_id = firms.id))""",
    """create policy invited on licences for select to gateway_app
        using (person_id is null and exists (select from firm_invitations i where i.firm_id = licences.org_id))""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in (
        "organisations",
        "firms",
        "people",
        "person_addresses",
        "licences",
        "firm_invitations",
        "firm_invitation_secrets",
        "teams",
        "api_clients",
        "client_secrets",
        "members",
        "issuers",
        "signing_keys",
        "sealed_keys",
        "known_team_members",
    ):
        fence(op.execute, "gateway", table)
    for table in ("api_clients", "people"):
        let_worker_read(op.execute, "gateway", table)
    fence(op.execute, "gateway", "failed_sign_ins", delete=True, worker_reads=True)
    for statement in (*_BEFORE_THE_ORGANISATION_IS_KNOWN, *_DIRECTORY):
        op.execute(statement)
