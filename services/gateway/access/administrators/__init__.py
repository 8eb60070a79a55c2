"""Administrators: an organisation always keeps one who can sign in, for as long as nobody says otherwise."""
