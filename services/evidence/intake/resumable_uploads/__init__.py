"""Resumable uploads: files that come in pieces and survive a lost connection or process (tus 1.0.0)."""
