"""Retention: how long evidence is kept, from which fact on; found from facts as of an instant, never stored."""
