"""Timetables: how long the stages of an engagement take, against its plan and against earlier ones of its kind."""
