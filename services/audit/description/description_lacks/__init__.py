"""Description lacks: what an engagement's system description lacks before fieldwork can rest on it."""
