"""Control imports and exports: controls with their mappings, in from a table of rows and out to one, as CSV or XLSX."""
