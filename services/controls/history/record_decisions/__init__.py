"""Decisions on historical records: another person accepts what was told of an earlier day, or refuses it."""
