"""How bytes come in, are looked at, and are handed out.

Room is reserved within the organisation's quota; an upload is streamed, or resumed piece by piece (tus), and becomes a
file; files are scanned before they are served, and links lead to them for minutes.
"""
