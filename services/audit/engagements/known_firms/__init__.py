"""Known firms: audit firms with their licences, as the gateway announced them."""
