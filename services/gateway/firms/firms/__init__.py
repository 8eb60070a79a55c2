"""Firms: how an audit firm describes itself, and whether it lets itself be listed."""
