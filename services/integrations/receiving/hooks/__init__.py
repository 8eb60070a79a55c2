"""Hooks: the door at which sources deliver; open to whoever has the address, believed who proves it."""
