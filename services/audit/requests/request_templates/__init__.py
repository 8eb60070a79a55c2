"""Request templates: lists of requests that the engagements of a firm begin with."""
