"""Facts: what is known of controls and risks, as their own services announced it."""
