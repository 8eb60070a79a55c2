"""Coverage: what an organisation would already have of a framework, and through which controls; never stored."""
