"""Issuers: the OpenID Connect providers whose tokens an organisation trusts to say who its members are."""
