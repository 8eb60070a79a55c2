"""Indicators of risk: measures with an amber and a red threshold, which warn before a risk materialises.

Values are pushed by whoever measures, or counted from what this service knows of controls, evidence, issues and
findings. The newest values decide the state; a pushed indicator that nothing is heard of for longer than its period
is unknown.
"""
