"""Treatment returns: how much mean annual loss a treatment avoids, against what it costs a year."""
