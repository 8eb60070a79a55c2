"""Things: all that events are about and that can be read, with what it is found by and whom it waits for."""
