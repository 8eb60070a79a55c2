"""Filing: the engagement file, which the firm keeps once documentation is complete (AT-C section 105).

The file is assembled when an engagement is completed: the firm's papers and what it got from the client, as a signed
archive whose bytes are the firm's own. Nothing of it is changed afterwards; what has to be documented later is an
addition, with who, when and why. How long it is kept is the firm's policy; a hold keeps it longer, and two people
dispose of it.
"""
