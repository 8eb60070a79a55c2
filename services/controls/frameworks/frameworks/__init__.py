"""Frameworks: catalogues of criteria or requirements, each in versions that never change."""
