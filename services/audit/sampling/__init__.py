"""Populations and samples: the firm's own, from what the client hands over to how much of it deviated.

The firm asks for a population, receives it as a file with where it comes from, and freezes it: its rows become a frame
with a digest. A file with faults is rejected. Another person than the one who froze it concludes whether it is
reliable, that is complete and accurate for the purpose (AT-C 205). From a reliable population a sample is designed, its
size by the firm's policy or by attribute sampling; a seed that is made only then draws it, so that anybody can draw it
again from the frame. The sample is released, tested item by item, extended once at most, and evaluated; one that does
not stand is voided and stays on record. Nothing here is seen by the client, who is asked by requests.
"""
