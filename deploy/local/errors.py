"""The one error of the local runner."""


class StackError(Exception):
    """Something a person has to know or do, said in one sentence."""
