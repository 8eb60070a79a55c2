"""Who sent it: each sender's delivery is believed as it is signed, and in no other way."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from services.integrations.receiving.amazon import (
    Amazon,
    is_amazons,
    is_certificate_of_amazon,
    is_signed_by,
)
from services.integrations.receiving.envelopes.rules import envelope, kept_headers, parsed, without_secrets
from services.integrations.receiving.hooks.rules import Expected, Sent, proven_by
from services.integrations.receiving.sources.models import SourceKind, VerificationScheme
from services.integrations.receiving.sources.rules import SCHEMES, header_of
from shared.problems import Unavailable
from tests.integrations.amazon import AT, Region
from tests.integrations.senders import EVENTS, SECRET, SENDERS, body_of, secret_of, signed

OTHER = "another-secret-of-nobody-at-all-"
OTHER_STANDARD = "whsec_" + base64.b64encode(OTHER.encode()).decode()
TIMED = {SourceKind.LINEAR: 60, SourceKind.BUILDKITE: 300, SourceKind.STANDARD_WEBHOOKS: 300}


def expected(kind: SourceKind, scheme: VerificationScheme | None = None) -> Expected:
    scheme = scheme or SCHEMES[kind][0]
    return Expected(kind, scheme, header_of(kind, scheme, None))


def proven(kind: SourceKind, headers: dict[str, str], body: bytes, *secrets: str, at: datetime = AT) -> int | None:
    return proven_by(expected(kind), Sent(headers, body), secrets, at=at)


def other(kind: SourceKind) -> str:
    return OTHER_STANDARD if kind == SourceKind.STANDARD_WEBHOOKS else OTHER


@pytest.mark.parametrize("kind", SENDERS)
def test_a_delivery_is_believed_with_any_live_secret_and_with_no_other(kind: SourceKind) -> None:
    body = body_of(kind, AT)
    headers = signed(kind, body, AT)
    assert proven(kind, headers, body, secret_of(kind)) == 0
    assert proven(kind, headers, body, other(kind), secret_of(kind)) == 1
    assert proven(kind, headers, body, other(kind)) is None
    assert proven(kind, headers, body) is None


@pytest.mark.parametrize("kind", SENDERS)
def test_a_delivery_without_its_proof_is_not_believed(kind: SourceKind) -> None:
    body = body_of(kind, AT).replace(SECRET.encode(), b"")
    proofs = [
        name for name in signed(kind, body, AT) if "signature" in name or name in {"authorization", "x-gitlab-token"}
    ]
    headers = {name: value for name, value in signed(kind, body, AT).items() if name not in proofs}
    assert proven(kind, headers, body, secret_of(kind)) is None
    for nonsense in ("", "sha256=", "v1=", "Basic ???", "Bearer ", "timestamp=x,signature=", ",,,", "é"):
        assert proven(kind, headers | dict.fromkeys(proofs, nonsense), body, secret_of(kind)) is None


@pytest.mark.parametrize("kind", [kind for kind in SENDERS if "signature" in "".join(signed(kind, b"", AT))])
def test_an_altered_body_is_not_believed(kind: SourceKind) -> None:
    body = body_of(kind, AT)
    headers = signed(kind, body, AT)
    for altered in (body + b" ", body.replace(b'"', b"'", 1), json.dumps(json.loads(body)).encode(), b""):
        assert proven(kind, headers, altered, secret_of(kind)) is None


@pytest.mark.parametrize(("kind", "seconds"), TIMED.items())
def test_a_signed_time_may_be_off_by_minutes_only(kind: SourceKind, seconds: int) -> None:
    body = body_of(kind, AT)
    headers = signed(kind, body, AT)
    for off in (-seconds, seconds):
        assert proven(kind, headers, body, secret_of(kind), at=AT + timedelta(seconds=off)) == 0
        late = AT + timedelta(seconds=off * 1.01 + (2 if off > 0 else -2))
        assert proven(kind, headers, body, secret_of(kind), at=late) is None


def test_gitlab_signs_as_standard_webhooks_when_it_is_set_up_so() -> None:
    body = body_of(SourceKind.GITLAB, AT)
    headers = signed(SourceKind.STANDARD_WEBHOOKS, body, AT)
    source = expected(SourceKind.GITLAB, VerificationScheme.STANDARD_WEBHOOKS)
    assert proven_by(source, Sent(headers, body), [secret_of(SourceKind.STANDARD_WEBHOOKS)], at=AT) == 0


def test_a_public_key_of_standard_webhooks_verifies_v1a() -> None:
    private = ed25519.Ed25519PrivateKey.generate()
    public = "whpk_" + base64.b64encode(private.public_key().public_bytes_raw()).decode()
    time = str(int(AT.timestamp()))
    made = base64.b64encode(private.sign(f"msg_1.{time}.{{}}".encode())).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": time, "webhook-signature": f"v1a,{made}"}
    assert proven(SourceKind.STANDARD_WEBHOOKS, headers, b"{}", public) == 0
    assert proven(SourceKind.STANDARD_WEBHOOKS, headers, b"{ }", public) is None
    for wrong in ("v1a,", "v1a,!!", "v1a", f"v1,{made}"):
        assert proven(SourceKind.STANDARD_WEBHOOKS, headers | {"webhook-signature": wrong}, b"{}", public) is None


def test_one_notification_of_another_subscription_spoils_the_request() -> None:
    ours, others = {"clientState": SECRET}, {"clientState": "theirs"}
    spoilt: list[Any] = [[ours, others], [{}], [], "x", None]
    for listed in spoilt:
        body = json.dumps({"value": listed}).encode()
        assert proven(SourceKind.MICROSOFT_GRAPH, {}, body, SECRET) is None


@given(st.sampled_from(SENDERS), st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=4), st.binary())
def test_nothing_makes_the_check_fail_otherwise(kind: SourceKind, headers: dict[str, str], body: bytes) -> None:
    names = signed(kind, body, AT)
    assert proven(kind, headers | dict(zip(names, headers.values(), strict=False)), body, secret_of(kind)) is None


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_what_is_no_object_in_utf_8_is_unreadable(body: bytes) -> None:
    document = parsed(body)
    assert document is None or document == json.loads(body.decode())


def test_deep_and_odd_documents_are_unreadable() -> None:
    deep = b'{"a":' * 100 + b"1" + b"}" * 100
    for body in (deep, b'{"a":' * 100_000, b'{"a":NaN}', b"[]", b"\xff\xfe{\x00}\x00", b'{"a":1}\x00', b'"x"', b""):
        assert parsed(body) is None


@pytest.mark.parametrize("kind", SENDERS)
def test_a_delivery_is_known_by_its_senders_id_and_named_as_its_sender_does(kind: SourceKind) -> None:
    body = body_of(kind, AT)
    document = parsed(body)
    assert document is not None
    named = envelope(kind, signed(kind, body, AT, key="delivery-1"), document)
    assert named.event == EVENTS[kind]
    hashed = kind in {SourceKind.BUILDKITE, SourceKind.JENKINS, SourceKind.MICROSOFT_GRAPH}
    assert (named.key is None) is hashed
    assert named == envelope(kind, signed(kind, body, AT, key="delivery-1"), document)


def test_secrets_are_not_kept() -> None:
    headers = kept_headers({"authorization": "x", "cookie": "x", "x-gitlab-token": "x", "x-github-event": "push"})
    assert headers == {"x-github-event": "push"}
    graph = json.loads(body_of(SourceKind.MICROSOFT_GRAPH, AT))
    assert without_secrets(SourceKind.MICROSOFT_GRAPH, graph)
    assert SECRET not in json.dumps(graph)
    found = {"alert": {"number": 1, "secret": "AKIA"}}
    assert without_secrets(SourceKind.GITHUB, found)
    assert found == {"alert": {"number": 1}}
    assert not without_secrets(SourceKind.GITHUB, found)


async def test_amazon_signs_with_a_certificate_that_is_fetched_once_from_its_own_host() -> None:
    region = Region()
    amazon = Amazon(region.fetch)
    for version in ("1", "2"):
        message = region.message(SignatureVersion=version, Subject="Scan")
        key = await amazon.key_of(message["SigningCertURL"], at=AT)
        assert key is not None
        assert is_signed_by(key, message)
        for altered in (
            {"Message": "x"},
            {"Subject": "y"},
            {"SignatureVersion": "3"},
            {"Signature": "!"},
            {"Type": "x"},
        ):
            assert not is_signed_by(key, message | altered)
    assert len(region.asked) == 1
    assert await amazon.key_of(message["SigningCertURL"], at=AT + timedelta(days=2)) is None
    assert await Amazon(Region("sns.evil.example").fetch).key_of(message["SigningCertURL"], at=AT) is None
    with pytest.raises(Unavailable):
        await Amazon(Region(status=500).fetch).key_of(message["SigningCertURL"], at=AT)


@pytest.mark.parametrize(
    "url",
    [
        *("http://sns.us-west-2.amazonaws.com/x.pem", "https://sns.us-west-2.amazonaws.com.evil.example/x.pem"),
        *("https://evil.example/sns.us-west-2.amazonaws.com/x.pem", "https://sns.us-west-2.amazonaws.com:8443/x.pem"),
        *("https://user@sns.us-west-2.amazonaws.com/x.pem", "https://s3.amazonaws.com/x.pem", "", None, 7),
        "https://sns.us-west-2.amazonaws.com[/x.pem",
    ],
)
async def test_nothing_is_fetched_from_other_hosts(url: object) -> None:
    region = Region()
    assert not is_amazons(url)
    assert await Amazon(region.fetch).key_of(url, at=AT) is None
    assert not await Amazon(region.fetch).confirm(url)
    assert region.asked == []


async def test_a_confirmation_is_fetched_and_a_certificate_ends_in_pem() -> None:
    region, url = Region(), "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336"
    assert await Amazon(region.fetch).confirm(url)
    assert region.asked == [url]
    assert not is_certificate_of_amazon(url)
