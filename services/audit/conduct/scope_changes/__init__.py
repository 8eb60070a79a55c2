"""Scope changes: of the type, the period, the categories or the controls of an engagement after fieldwork has begun.

The engagement partner makes one, with a reasonable justification, which is kept and shown to both parties (AT-C
sections 105 and 205). The engagement goes back to fieldwork: papers of another period are signed anew, and what was
concluded is voided.
"""
