"""Audit firms: the organisations that examine others, as clients find and invite them, and the licences they hold.

An organisation is founded as a company or as an audit firm. A firm describes itself, lets itself be listed in the
directory that all organisations search, and declares its licences and those of its people; the operator records how
each was verified. A client invites a firm that has no account here by a secret that founds it once.
"""
