"""Printing: documents as trees of blocks, and the same tree written as PDF, DOCX and HTML.

Knows nothing of audits. `blocks.py` says what a document consists of, `html_pages.py` writes it as a page; `pdf.py` and
`docx.py` run in child processes only, and `tasks.py` is what verbs call.
"""
