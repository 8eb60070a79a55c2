"""What follows from a quota. Pure."""


def room_left(quota: int, used: int) -> int:
    """How many bytes may still come; 0 where more is used than a quota that was lowered since."""
    return max(quota - used, 0)
