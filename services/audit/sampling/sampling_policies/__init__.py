"""Sampling policies: how many items a firm tests of a control by how often it is performed."""
