"""Respondents: people at the vendor who answer by a link of their own, all questions or some sections."""
