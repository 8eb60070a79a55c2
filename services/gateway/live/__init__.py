"""Live: what happens, told as it happens.

Every event of a thing is logged in the order in which the gateway hears it. A stream tells from some place on what its
reader may read; a browser, which cannot send a token with it, opens one by a ticket.
"""
