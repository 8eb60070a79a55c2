"""Accepted evidence of some controls in a period as one signed archive.

A bundle says which evidence it holds, as of the instant it was assembled. Its archive is written while it is
downloaded, with the trail of each item, and is verified offline.
"""
