"""Reviews: what was concluded of each version of evidence, by whom, as facts that stay."""
