"""Tests of controls: the papers of the firm, and what it finds in them.

A paper holds one test of one definition of a control: procedures, extent, the evidence that it cites, the items of its
sample with what each attribute came to, and the result. Staff prepare it, another person reviews it, the engagement
partner where they choose to; any edit takes the signatures away. What did not work is a deviation, recorded from items,
from a paper without a sample, or from a candidate of the client's own monitoring that the firm confirms. A finding is
a deficiency that is communicated to the client, which responds.
"""
