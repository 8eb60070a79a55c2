"""Answered items: the evidence that a client answered an auditor's requests with, whatever it proves."""
