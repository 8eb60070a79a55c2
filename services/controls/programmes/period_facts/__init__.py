"""Period facts: what is on record of controls over a period that says that they worked, or did not."""
