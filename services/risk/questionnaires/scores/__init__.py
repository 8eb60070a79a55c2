"""Questionnaire scores: every question with its answer and what it counts, by section and in all."""
