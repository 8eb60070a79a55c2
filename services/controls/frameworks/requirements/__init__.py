"""Requirements: what a version of a framework asks for, criterion by criterion or control by control."""
