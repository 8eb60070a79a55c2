"""Test standings: each thing that is tested of a control again and again, and what its results come to."""
