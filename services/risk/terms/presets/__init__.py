"""Presets: the methods that Attest ships."""
