"""HTTP the Attest way: operations, pages, preconditions, retries, problems."""
