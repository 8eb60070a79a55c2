"""Issued reports: what anybody may ask of a PDF by its digest: was it issued, by whom, and does it stand."""
