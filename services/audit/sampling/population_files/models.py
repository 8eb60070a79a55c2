from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Uuid

_metadata = MetaData()


def _parts(name: str) -> Table:
    """Parts of a file, compressed with zlib, in their order from 0."""
    return Table(
        name,
        _metadata,
        Column("org_id", Uuid, nullable=False),
        Column("engagement_id", Uuid, nullable=False),
        Column("population_id", Uuid, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("content", LargeBinary, nullable=False),
    )


file_parts = _parts("population_file_parts")
frame_parts = _parts("population_frame_parts")
