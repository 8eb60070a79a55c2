"""How requests move and are numbered."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.requests.request_comments.rules import participants
from services.audit.requests.requests.models import RequestStatus
from services.audit.requests.requests.rules import (
    ALLOWED,
    UNSETTLED,
    WAITS_FOR_CLIENT,
    RequestVerb,
    codes_for,
    faults_of_codes,
    is_overdue,
)

DAY = date(2026, 7, 31)
OF_CLIENT = {RequestVerb.ANSWER, RequestVerb.DECLARE_UNAVAILABLE}
CODES = st.lists(st.one_of(st.none(), st.from_regex(r"\AR-[0-9]{1,5}\Z"), st.from_regex(r"\A[A-Z]{1,3}[0-9.]{0,3}\Z")))


def test_every_state_says_what_it_allows() -> None:
    assert ALLOWED.keys() == set(RequestStatus)
    for status, verbs in ALLOWED.items():
        drafts = {RequestVerb.REVISE, RequestVerb.RELEASE}
        assert (status == RequestStatus.DRAFT) == bool(drafts & {*verbs})
        assert (status in UNSETTLED) == bool(OF_CLIENT & {*verbs}), "the client answers what is not settled"
        assert (RequestVerb.ACCEPT in verbs) == (status == RequestStatus.SUBMITTED)
        assert (RequestVerb.DECIDE in verbs) == (status == RequestStatus.DECLARED_UNAVAILABLE)
        assert (status == RequestStatus.DRAFT) == (RequestVerb.COMMENT not in verbs)
    assert ALLOWED[RequestStatus.CANCELLED] == (RequestVerb.COMMENT,)


@pytest.mark.parametrize("status", RequestStatus)
def test_a_request_is_overdue_after_its_day_while_the_client_has_it(status: RequestStatus) -> None:
    assert not is_overdue(status, DAY, today=DAY)
    assert is_overdue(status, DAY, today=date(2026, 8, 1)) == (status in WAITS_FOR_CLIENT)
    assert not is_overdue(status, None, today=date(2026, 8, 1))


@given(given_codes=CODES, taken=st.sets(st.from_regex(r"\AR-[0-9]{1,5}\Z")))
def test_new_codes_are_all_different(given_codes: list[str | None], taken: set[str]) -> None:
    below = [str(place) for place in range(len(given_codes))]
    codes = codes_for(given_codes, taken)
    fresh = [code for code, asked in zip(codes, given_codes, strict=True) if asked is None]
    assert [code for code, asked in zip(codes, given_codes, strict=True) if asked is not None] == [
        asked for asked in given_codes if asked is not None
    ]
    assert len({*fresh}) == len(fresh)
    assert not {*fresh} & (taken | {*filter(None, given_codes)})
    refused = {fault.pointer for fault in faults_of_codes(given_codes, taken, below)}
    if not refused:
        assert len({*codes}) == len(codes)


def test_numbers_go_on_after_the_highest() -> None:
    assert codes_for([None, "CC6.1", None], {"R-009", "R-1x", "A-77"}) == ["R-010", "CC6.1", "R-011"]
    assert codes_for([None], {"R-999"}) == ["R-1000"]


def test_who_took_part_is_known_by_what_they_did() -> None:
    by = {"kind": "person", "person": {"id": "00000000-0000-0000-0000-000000000001", "name": "Ann"}, "client": None}
    nobody = {"kind": "system", "person": None, "client": None}
    assert list(participants([by, nobody, None], None).values()) == ["Ann"]
