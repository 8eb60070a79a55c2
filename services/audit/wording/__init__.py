"""Wording: what a report says, as pure functions from its content to blocks.

`contents.py` is what a report of a SOC 1, SOC 2 or SOC 3 examination needs, `audits.py` and `assessments.py` what that
of an ISO audit and of a readiness assessment needs. `frame.py` says what follows from the content for the wording;
`documents.py` puts the parts together. The sentences are Attest's own: AT-C 105, 205 and 320 and the AICPA's guide
say what a report contains, and no text of theirs is copied. American spelling, as its readers write.
"""
