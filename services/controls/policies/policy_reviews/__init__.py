"""Reviews of policies: a look at one every year, kept as a fact."""
