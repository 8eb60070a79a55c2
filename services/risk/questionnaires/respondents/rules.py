"""What the token of a link is."""

from datetime import timedelta

from shared.identity.link_tokens import LinkToken

LONGEST_TOKEN = 130
LONGEST_LINK = timedelta(days=90)
MOST_RESPONDENTS = 50


class RespondentToken(LinkToken):
    """The secret of a link, which says whose organisation and which respondent as well.

    Secret scanners of code hosts find leaked tokens by a prefix like this.
    """

    PREFIX = "attest_q_"
