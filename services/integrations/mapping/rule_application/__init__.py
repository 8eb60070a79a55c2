"""Rule application: which facts a delivery brings by given rules."""
