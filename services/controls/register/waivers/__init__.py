"""Waivers: a waiver on a control, for a time, by someone who neither asked for it nor owns the control."""
