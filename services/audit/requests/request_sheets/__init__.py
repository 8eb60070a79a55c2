"""Request sheets: lists of requests go out as tables to both parties, and come in as drafts of the firm."""
