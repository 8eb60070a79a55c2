"""Record sheets: the columns of a table of history, and the words that people write in them."""
