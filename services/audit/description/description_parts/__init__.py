"""Description parts: what a system description consists of, in the order of DC section 200."""
