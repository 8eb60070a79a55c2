"""Loss curves: the loss exceedance curves of simulations, as data and as pictures."""
