"""Report controls: what a report says of each control, from its definitions and from papers that were reviewed."""
