"""Assets: services, systems, data, places and people that risks are about, each with an owner and a classification."""
