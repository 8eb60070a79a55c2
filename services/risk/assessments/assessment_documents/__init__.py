"""Assessment documents: the record of an assessment with its digest, as data, page, PDF and table."""
