"""Method previews: how a version of the method would rate each risk, before it is put in force."""
