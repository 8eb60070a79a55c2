"""Formats: what scanners and test runners write, read into one shape. Pure: bytes in, results or a refusal out.

Read in child processes. JSON and XML are read as streams: memory is bounded by the largest single result, whatever the
size of the file. What a file does not say is never a pass.
"""
