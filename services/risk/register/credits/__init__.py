"""Credits: how far the controls that answer a risk lower it, by their health and the method's rule."""
