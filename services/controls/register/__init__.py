"""The controls of the organisation.

A control is drafted, approved and implemented, and one day retired (`lifecycles`); each approved text is a definition
that is kept. Its rhythm says when it is due, its occurrences when it was performed. A waiver says that it need not be
operated as described for a time.
"""
