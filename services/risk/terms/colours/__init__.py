"""Colours: whether the colours of a method's levels can be told apart in grey and by colour-blind people."""
