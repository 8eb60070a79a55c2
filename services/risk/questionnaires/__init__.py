"""Questionnaires: what vendors are asked in writing, and what they answered.

A template is published once and never changed. Its questions are copied into a questionnaire when that is sent, by
links that need no account. Each answer says who gave it; the score shows its arithmetic, and is no input to any risk.
"""
