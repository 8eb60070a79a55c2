"""Health: whether a control works, computed from what is known of its evidence, with its reasons in words."""
