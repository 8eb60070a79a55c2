"""Mappings: making facts of deliveries, when they come and again when somebody asks for it."""
