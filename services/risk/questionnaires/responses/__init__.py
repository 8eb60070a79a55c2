"""Questionnaire responses: what a respondent reads and writes by their link, without an account."""
