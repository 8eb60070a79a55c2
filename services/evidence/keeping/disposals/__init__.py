"""Disposals: runs that do away with evidence whose time is over, previewed, approved by others, and certified."""
