"""Holds: evidence that a legal matter needs is not disposed of, whatever its time of retention."""
