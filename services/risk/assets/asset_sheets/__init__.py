"""Asset imports and exports: assets with their relations, in from a table of rows and out to one, as CSV or XLSX."""
