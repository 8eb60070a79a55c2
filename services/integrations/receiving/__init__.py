"""What comes in from other systems.

A source is one system that reports to the organisation, with an address of its own and secrets that prove who sends.
What arrives there is verified on its raw bytes, kept, answered, and only then looked into.
"""
