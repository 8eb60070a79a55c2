"""What the tests of evidence stand on besides the stack: a bucket."""

from collections.abc import Iterator

import pytest

from tests.evidence.seaweed import Seaweed, seaweed


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """A real server that speaks S3, on this machine."""
    with seaweed(tmp_path_factory.mktemp("seaweed")) as running:
        yield running
