"""Programmes: "we go for SOC 2 Type 2", with the categories in scope and the system it is about."""
