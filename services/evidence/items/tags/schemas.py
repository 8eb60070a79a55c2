from services.evidence.items.evidence.schemas import TagNames
from shared.http.fields import Input


class Tags(Input):
    """All tags that the evidence has from now on."""

    tags: TagNames
