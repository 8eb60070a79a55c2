"""Documents: what a framework version comes in as and goes out as. Pure: bytes in, requirements or faults out.

OSCAL catalogues and profiles (NIST, JSON, read as 1.2.3), a JSON of our own, and CSV.
"""
