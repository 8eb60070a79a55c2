"""Risk: what could go wrong, how much it matters, and whether the controls that answer it work.

Owns risk methods, risks and the history of their ratings, and assets. Listens to controls: defined, revised, approved,
implemented, retired; healthy, at risk, failing, unproven. Listens to audit: engagements proposed, revised, moved.
Announces the method set; risks identified, revised, rated,
above appetite, back within it; assets registered, revised, activated, retired.
"""
