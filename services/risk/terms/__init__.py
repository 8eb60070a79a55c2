"""How a risk is rated: the terms of a method, those that Attest ships, and the method that is in force.

An organisation that has put no method of its own in force follows the default preset. A rating is looked up by the
method in force, which nobody changes while it is being followed (`in_force`).
"""
