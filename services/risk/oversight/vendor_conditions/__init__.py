"""Vendor conditions: what a review asks of a vendor, or of us, by a day; shown to be met by another than its owner."""
