"""Mapped controls: those that answer the requirements of a framework, with what readiness is found by."""
