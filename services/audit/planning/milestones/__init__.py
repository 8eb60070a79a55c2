"""Milestones: what is to be reached in an engagement, by whom and on which day, and how late it is."""
