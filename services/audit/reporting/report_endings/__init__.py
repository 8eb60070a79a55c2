"""Report endings: the warning, 60 and 30 days ahead, that readers will soon take a report as out of date."""
