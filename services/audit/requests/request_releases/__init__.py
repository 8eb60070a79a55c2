"""Request releases: drafts are shown to the client, singly or as a list, and are due on a day that may be moved."""
