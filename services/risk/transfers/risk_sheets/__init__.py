"""Risk imports and exports: risks with their ratings and controls, in from a table of rows and out to one."""
