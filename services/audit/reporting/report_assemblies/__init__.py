"""Report assemblies: the content of a report, put together from what is on record and what the auditing party says."""
