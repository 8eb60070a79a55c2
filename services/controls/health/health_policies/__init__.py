"""The health policy: how many missed occurrences an organisation tolerates."""
