"""Description contents: all that a system description says, with what it names at the version that it names."""
