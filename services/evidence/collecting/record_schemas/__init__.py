"""Record schemas: what a structured record has to look like to be evidence."""
