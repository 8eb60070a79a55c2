"""Founding by invitation: an audit firm comes into being with the secret that a client gave it.

Whoever has the secret of an open invitation founds the firm as an organisation of its own, as an operator would, and
becomes its first administrator. The client sees which firm it was, and has no part in it.
"""
