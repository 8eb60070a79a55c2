"""How large a piece is, and how many an upload may have. Pure."""

# Bytes that are held in memory before they are a piece in the store; a kill costs a client no more than these.
PIECE = 4 * 1024 * 1024
MOST_PIECES = 10_000
