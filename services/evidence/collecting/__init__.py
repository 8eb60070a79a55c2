"""What is to be collected, and when.

An expectation says which evidence a control needs and how often; collections are its occurrences, each with its due
date; calendar feeds show them in any calendar program.
"""
