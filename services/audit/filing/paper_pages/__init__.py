"""Paper pages: the papers of an engagement file for people to read."""
