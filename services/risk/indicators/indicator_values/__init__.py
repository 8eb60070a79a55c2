"""Indicator values: every value an indicator has had, pushed or counted, in the order of when it was measured."""
