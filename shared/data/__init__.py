"""PostgreSQL: sessions fenced by organisation, reads in one round trip, migrations."""
