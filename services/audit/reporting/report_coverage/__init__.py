"""Report coverage: which day is covered by which report or bridge letter, and which days by none."""
