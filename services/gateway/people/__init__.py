"""The directory: who works here, apart from who may act.

A person is added by hand or by provisioning, and stays the same over memberships, roles and API clients. Teams are
groups of people. Leaving is an event; the person stays on record.
"""
