"""Methods: the versions of the risk method, from draft to replaced, and the presets they can begin with."""
