"""Events: what happened, recorded with the change, carried by NATS JetStream, heard exactly once in effect."""
