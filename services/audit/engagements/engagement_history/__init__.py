"""Engagement history: what was told of earlier days about the controls in scope, before and after the freeze."""
