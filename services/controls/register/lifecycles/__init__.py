"""Control lifecycles: a control's text is revised and approved, it goes into operation, and one day it is retired."""
