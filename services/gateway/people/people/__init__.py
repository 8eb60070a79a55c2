"""People: each with a name and e-mail addresses, one record for as long as the organisation exists."""
