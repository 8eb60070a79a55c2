"""Freshness: what counts of accepted evidence is announced as it changes, by the clock or by newer evidence."""
