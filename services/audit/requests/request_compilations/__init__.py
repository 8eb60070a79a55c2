"""Request compilations: drafts made from a template, from the last engagement of the client, or from controls."""
