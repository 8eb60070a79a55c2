"""Known controls: those heard of, among the controls that a description names."""
