"""Report downloads: who was given which report in which form, for whom and for what, having agreed to its use."""
