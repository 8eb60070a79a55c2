"""Why a request to an outside address has no answer.

The texts are for our log: whoever named the address gets the code. They name the host and never the path, the query, a
header or the body, any of which may hold a secret.
"""

from enum import StrEnum


class OutboundCode(StrEnum):
    """For programs, and for whoever named the address: it says nothing of where a name led."""

    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    NOT_REACHABLE = "not_reachable"
    ANSWER_TOO_LARGE = "answer_too_large"
    TOO_SLOW = "too_slow"


class OutboundFailed(Exception):  # noqa: N818 - as the other refusals are named
    """There is no answer; one of the four below."""

    code: OutboundCode


class AddressNotAllowed(OutboundFailed):
    """The address leads into a network, to a port or by a scheme that is not allowed; nothing was sent."""

    code = OutboundCode.ADDRESS_NOT_ALLOWED


class NotReachable(OutboundFailed):
    """The name is unknown, nobody listens, the certificate is not trusted, or the answer is no HTTP."""

    code = OutboundCode.NOT_REACHABLE


class AnswerTooLarge(OutboundFailed):
    """The body is larger than was asked for; the receiver has had the request, and answered `status`."""

    code = OutboundCode.ANSWER_TOO_LARGE

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class TooSlow(OutboundFailed):
    """The answer was not complete in time; the receiver may have had the request."""

    code = OutboundCode.TOO_SLOW
