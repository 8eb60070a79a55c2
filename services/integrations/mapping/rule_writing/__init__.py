"""Rule writing: rules as people write and read them, and what a rule must not say."""
