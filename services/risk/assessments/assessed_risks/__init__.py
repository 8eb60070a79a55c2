"""Assessed risks: the risks of a scope as they were, what each participant rates, disputes and their resolution."""
