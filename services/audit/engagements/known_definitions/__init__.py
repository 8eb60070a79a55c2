"""Known definitions: the approved texts of controls, each from when it is in force."""
