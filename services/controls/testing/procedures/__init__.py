"""Procedures: how a control is tested, written down once and followed again and again."""
