"""Presets: sets of questions that come with Attest, in its own words, mapped to criteria."""
