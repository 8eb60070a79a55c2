"""Known firms: audit firms with their licences, as the gateway announced them, and what these let a firm examine."""
