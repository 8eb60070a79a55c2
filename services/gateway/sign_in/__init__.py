"""Signing in.

A caller proves itself, failed attempts are counted and slowed, and the caller gets a short-lived token. The token names
what it rests on and is withdrawn when one of these things is taken away.
"""
