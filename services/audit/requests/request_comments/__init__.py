"""Request comments: the thread of a request, in which both parties write."""
