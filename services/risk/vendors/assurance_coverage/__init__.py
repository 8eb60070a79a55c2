"""Assurance coverage: which days of a period of ours a vendor's reports and letters cover, and which are open."""
