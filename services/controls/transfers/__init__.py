"""Controls as tables: in from the spreadsheets that people have, and out to ones that come back in unchanged."""
