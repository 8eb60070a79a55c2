"""Reported checks: what each check of a result file came to, over all the resources that it looked at."""
