"""Conclusions: on a criterion, on a service commitment or system requirement, on a subject matter."""
