"""Members: people who act in an organisation, until their membership ends or they are removed."""
