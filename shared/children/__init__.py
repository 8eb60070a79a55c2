"""Parsing and rendering in child processes, with limits on memory, processor time and elapsed time.

`task.py` says what a child does and what it may use, `pool.py` keeps the children and decides whose turn it is,
`process.py` talks to one of them, and `child.py` is what runs inside, which imports nothing but the task's module.
"""
