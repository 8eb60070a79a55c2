"""Members of the organisation, as last heard of from the gateway: who a `member:…` is by e-mail address."""
