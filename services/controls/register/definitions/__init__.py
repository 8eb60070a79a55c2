"""Definitions: the approved texts of a control, numbered, each in force from an instant until the next takes effect."""
