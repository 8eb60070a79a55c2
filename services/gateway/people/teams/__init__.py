"""Teams: groups of people, for duties and audiences that are not one person's."""
