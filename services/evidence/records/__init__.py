"""Records against the schemas that organisations write: checked in child processes, since both may be hostile."""
