"""What goes out to other systems: webhooks about every event, to the endpoints that an organisation registers.

An event is heard, and in the same transaction a delivery is recorded for each endpoint that wants it and may have it,
with the bytes that every attempt sends. A loop takes endpoints that are due, sends, and records each attempt.
"""
