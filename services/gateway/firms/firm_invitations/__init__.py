"""Firm invitations: a client invites a firm that has no account here, by a secret that founds it once."""
