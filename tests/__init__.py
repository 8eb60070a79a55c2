"""Tests: through the gateway over HTTP, against real PostgreSQL and NATS."""
