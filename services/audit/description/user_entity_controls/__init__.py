"""User entity controls: complementary controls that user entities have to operate, as the system's design assumes."""
