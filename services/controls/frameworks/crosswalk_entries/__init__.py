"""Entries of crosswalks: one requirement and another, how they relate, how strongly, and why."""
