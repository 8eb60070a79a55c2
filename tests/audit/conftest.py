"""The audit service's own database, to have its handlers hear events in an order of the test's choosing."""

import pytest

from shared.data.sessions import Database


@pytest.fixture(scope="session")
def database(audit_database: Database) -> Database:
    """As the service itself is connected: the application role, fenced by row-level security."""
    return audit_database
