"""Template sheets: an organisation's own questions come in from a sheet, as the draft of a template."""
