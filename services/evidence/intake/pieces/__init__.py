"""Upload pieces: the bytes of a resumable upload as they come in, each in the store before it counts."""
