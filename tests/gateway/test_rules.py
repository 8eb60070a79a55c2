from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.access.api_clients.models import ClientSecret
from services.gateway.access.api_clients.rules import digest_of, is_live, is_use_to_record, matching, new_secret
from services.gateway.access.issuers.rules import claimed, parsed_keys, web_address
from services.gateway.access.signing_keys.rules import published_until
from services.gateway.organisations.members.models import Member
from services.gateway.organisations.members.rules import PossibleMember, meant
from services.gateway.roles import assignable
from services.gateway.sign_in.tokens.rules import permitted
from services.gateway.sign_in.tokens.schemas import TokenRefused, TokenRequest
from shared.identity.permissions import Permission
from shared.identity.roles import GRANTS, Role

AT = datetime(2026, 1, 1, tzinfo=UTC)
ORG = UUID(int=1)
HOURS = st.integers(-1000, 1000).map(lambda hours: AT + timedelta(hours=hours))


def secret(value: str, **changes: datetime | None) -> ClientSecret:
    row = ClientSecret(org_id=ORG, client_id=UUID(int=2), digest=digest_of(value), created_at=AT)
    for name, instant in changes.items():
        setattr(row, name, instant)
    return row


def member(**changes: object) -> Member:
    row = Member(org_id=ORG, person_id=UUID(int=3), roles=["viewer"], created_at=AT, updated_at=AT)
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def test_secrets_are_random_and_recognisable() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(each.startswith("attest_") and len(each) >= 50 for each in made)


@given(expires=st.none() | HOURS, revoked=st.none() | HOURS, at=HOURS)
def test_a_secret_lives_until_it_expires_or_is_revoked(
    expires: datetime | None, revoked: datetime | None, at: datetime
) -> None:
    row = secret("s", expires_at=expires, revoked_at=revoked)
    assert is_live(row, at) == (revoked is None and (expires is None or at < expires))
    assert (matching("s", [row], at) is row) == is_live(row, at)
    assert matching("t", [row], at) is None


def test_only_a_use_after_an_hour_is_news() -> None:
    assert is_use_to_record(secret("s"), AT)
    assert not is_use_to_record(secret("s", last_used_at=AT), AT + timedelta(minutes=59))
    assert is_use_to_record(secret("s", last_used_at=AT), AT + timedelta(minutes=61))


@given(st.lists(st.sampled_from(Role), max_size=4))
def test_an_operator_is_never_assigned(roles: list[Role]) -> None:
    if Role.OPERATOR not in roles:
        assert set(assignable(roles)) == set(roles)
        assert len(assignable(roles)) == len(set(roles))
    else:
        with pytest.raises(ValueError, match="role"):
            assignable(roles)


@given(st.sets(st.sampled_from(Role), min_size=1), st.lists(st.sampled_from(Permission), min_size=1))
def test_a_scope_only_ever_narrows(roles: set[Role], wanted: list[Permission]) -> None:
    everything = frozenset().union(*(GRANTS[role] for role in roles))
    assert permitted(map(str, roles), None) == everything
    if set(wanted) <= everything:
        assert permitted(map(str, roles), " ".join(wanted)) == frozenset(wanted)
    else:
        with pytest.raises(TokenRefused):
            permitted(map(str, roles), " ".join(wanted))


@given(ends=st.none() | HOURS, at=HOURS)
def test_a_membership_ends_on_the_second(ends: datetime | None, at: datetime) -> None:
    one = PossibleMember(member(ends_at=ends), has_address=True)
    found = meant([one], issuer="https://idp.example", subject="sub", as_of=at)
    assert (found is not None) == (ends is None or at < ends)


def test_the_tie_to_a_subject_comes_first_and_is_exclusive() -> None:
    tied = PossibleMember(member(issuer="https://idp.example", subject="sub"), has_address=False)
    loose = PossibleMember(member(), has_address=True)
    tied_with_address = PossibleMember(tied.member, has_address=True)
    without_address = PossibleMember(member(), has_address=False)
    assert meant([loose, tied], issuer="https://idp.example", subject="sub", as_of=AT) is tied.member
    assert meant([tied_with_address], issuer="https://other.example", subject="sub", as_of=AT) is None
    assert meant([without_address], issuer="https://idp.example", subject="sub", as_of=AT) is None


def test_a_superseded_key_is_published_longer_than_its_last_token() -> None:
    assert published_until(AT, timedelta(minutes=15)) > AT + timedelta(minutes=15)


@given(st.text())
def test_no_text_is_taken_for_a_token_by_accident(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        claimed(text)


@given(
    st.binary()
    | st.sampled_from([b"[]", b'{"keys": 1}', b'{"keys": [1]}', b'{"keys": []}', b'{"keys": [{"kty": []}]}'])
)
def test_no_bytes_are_taken_for_keys_by_accident(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parsed_keys(body)


@given(st.text())
def test_an_address_is_a_web_address_or_none(text: str) -> None:
    try:
        assert web_address(text) == text
    except ValueError:
        return
    assert text.partition(":")[0].lower() in {"http", "https"}


@given(st.binary(), st.none() | st.text())
def test_any_body_and_header_can_be_refused(body: bytes, authorization: str | None) -> None:
    try:
        asked = TokenRequest.read("application/x-www-form-urlencoded", authorization, body)
    except TokenRefused:
        return
    assert "secret" not in repr(asked) or b"secret" in body
    assert all(asked.fields.values())
