"""Questionnaires: the questions sent to one vendor, from preparation to acceptance."""
