"""Versions of policies: Markdown or a file, unchanged once submitted, approved by a quorum, published from a day on."""
