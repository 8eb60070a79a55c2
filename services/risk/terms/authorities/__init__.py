"""Authorities: who may decide on a risk of a level, by the method's ladder and the roles that people have."""
