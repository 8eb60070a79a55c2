"""Assessment pages: the record of an assessment as a document for people, with what it says of each risk."""
