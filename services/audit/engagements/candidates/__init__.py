"""Candidates: controls in scope that did not work in the time an engagement speaks of, and what became of them."""
