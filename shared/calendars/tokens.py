"""The secret part of a feed's address, which says whose feed it is as well."""

from shared.identity.link_tokens import LinkToken

LONGEST_TOKEN = 120


class FeedToken(LinkToken):
    """The token of a calendar feed. Secret scanners of code hosts find leaked addresses by a prefix like this."""

    PREFIX = "attest_cal_"
