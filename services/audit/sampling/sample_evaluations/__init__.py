"""Sample evaluations: how many of the items tested deviate, and the upper limit where one follows."""
