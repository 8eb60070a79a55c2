"""Results that build servers and scanners send as files.

A file is read into results of one shape. What each check came to over all its resources is announced once, so that
controls can take it as a test result.
"""
