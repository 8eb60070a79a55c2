"""Views: what all services say together.

Their events tell which things there are and how each stands. What is found, what waits for somebody and how the
organisation stands are each answered from that by one query, and show a caller what they could read in the service
that owns it.
"""
