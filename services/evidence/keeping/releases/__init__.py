"""Releases: reports whose release a person recorded, because their engagement is not kept in Attest."""
