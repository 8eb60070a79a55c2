"""Event streams: what happens, as Server-Sent Events, from any place of the last day on, to who may read it."""
