"""`make chaos`: every part is killed under load; then everything is counted."""
