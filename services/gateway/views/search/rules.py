"""What a search looks for: every word that is typed, the last or any of them as the beginning of a longer one."""

MOST_TERMS = 8


def terms_of(q: str) -> list[str]:
    """The words of a query in lower case, without the punctuation around them; the longest first, as it finds least."""
    stripped = ("".join(_edges_off(piece)) for piece in q.lower().split())
    terms = dict.fromkeys(term[:100] for term in stripped if term)
    return sorted(terms, key=len, reverse=True)[:MOST_TERMS]


def _edges_off(piece: str) -> str:
    while piece and not piece[0].isalnum():
        piece = piece[1:]
    while piece and not piece[-1].isalnum():
        piece = piece[:-1]
    return piece
