"""Printing: documents as trees of blocks, and the same tree written as PDF and HTML.

`blocks.py` says what a document consists of, `html_pages.py` writes it as a page; `pdf.py` and `typesetting.py` run in
child processes only, and `tasks.py` is what verbs call.
"""
