"""Control sheets: the columns of a table of controls, and the words that people write in them."""
