"""Assurance reports: what a vendor's auditor reported, as received, reviewed by a checklist, relied on or not."""
