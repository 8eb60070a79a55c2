"""Conducted engagements: that whoever takes or tests samples is on the team, and that the engagement goes on."""
