"""Known teams: what the gateway announced of them, so that a campaign can ask everyone in one."""
