"""Whether controls work when they are tested.

A procedure says how a control is tested. People record tests of design and operation that another person signs off;
monitors and build servers push results. The standing of each check is what its newest result says.
"""
