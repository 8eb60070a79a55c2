"""Questionnaire templates: sections of questions with weights and criteria, drafted, published once, and retired."""
