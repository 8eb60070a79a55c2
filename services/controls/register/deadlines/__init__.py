"""Deadlines: from which instant on the next expected occurrence of a control counts as missed."""
