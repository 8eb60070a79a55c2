"""Organisations and their members.

An organisation is founded with its first administrator, who adds members with roles and an end date.
"""
