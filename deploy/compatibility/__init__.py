"""Whether clients of the last released contract can go on as they are."""
