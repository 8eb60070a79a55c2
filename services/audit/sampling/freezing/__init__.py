"""Freezing: a file becomes a frame that nobody changes any more, or is rejected with every fault named."""
