"""Presets: the questions that come with Attest, in its own words, mapped to criteria, by the tiers that are asked."""
