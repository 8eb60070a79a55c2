"""File additions: what was documented after an engagement file was complete, with who, when and why."""
