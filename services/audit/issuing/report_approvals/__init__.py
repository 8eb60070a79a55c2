"""Report approvals: that a report is approved as it was read, with all that its issue needs."""
