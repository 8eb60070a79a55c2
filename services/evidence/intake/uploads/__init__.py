"""Uploads: files that come in pieces and survive a lost connection or process, by the tus protocol 1.0.0."""
