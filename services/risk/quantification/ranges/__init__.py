"""Ranges: what a person estimates of one factor, as a distribution in one of five shapes."""
