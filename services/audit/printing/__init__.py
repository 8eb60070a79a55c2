"""Printing: reports as DOCX, for people who go on writing in them. `shared.printing` has the tree and its other forms.

`word_files.py` runs in child processes only, and `tasks.py` is what verbs call.
"""
