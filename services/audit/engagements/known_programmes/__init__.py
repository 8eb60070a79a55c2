"""Known programmes: what the controls service announced of them, so that an engagement can be for one."""
