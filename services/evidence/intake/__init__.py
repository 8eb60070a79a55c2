"""How bytes come in, are looked at, and are handed out.

An upload is streamed, or resumed piece by piece (tus), and becomes a file; files are scanned before they are served,
and links lead to them for minutes.
"""
