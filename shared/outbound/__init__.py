"""Requests to outside addresses that an organisation named, guarded against requests into our own networks (SSRF).

`client.py` sends one request, `addresses.py` judges where it leads, and `failures.py` says why there is no answer.
"""
