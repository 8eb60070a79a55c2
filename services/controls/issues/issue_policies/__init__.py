"""The issue policy: by when an issue is to be resolved, and whether failing controls open issues by themselves."""
