"""Description documents: a version of a system description as it is read, by programs and by people."""
