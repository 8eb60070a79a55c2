"""Failed sign-ins: how often in a row a client was named with a wrong secret from one address."""
