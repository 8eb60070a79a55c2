"""Facts: what was learnt from other systems, each once."""
