"""Controls: code, statement, owner, and the life from draft to retired."""
