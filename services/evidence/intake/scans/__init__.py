"""Scans: what the malware scanner says of a file, when it is uploaded, later by the clock, and when asked again."""
