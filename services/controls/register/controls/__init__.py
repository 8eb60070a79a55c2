"""Controls: what each is called and says, who owns it, and in which state it is."""
