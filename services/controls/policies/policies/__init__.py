"""Policies: what the organisation has decided, supported by controls, reviewed every year. Their texts are versions."""
