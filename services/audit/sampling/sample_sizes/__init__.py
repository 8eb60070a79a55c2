"""Sample sizes: how many items an attribute sample needs, exactly, from risk, tolerable and expected deviation."""
