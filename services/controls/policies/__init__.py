"""The organisation's policies.

A policy has versions that a quorum of named people approves before one is published; it is reviewed every year. A
campaign asks people to acknowledge a version, and their acknowledgements are kept.
"""
