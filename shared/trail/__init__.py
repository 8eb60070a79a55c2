"""What makes the trail evidence: nobody changes it unseen, and others can check that without Attest.

`link` is one link of the chain; `chain` seals events onto it, and verifies it. `witness` has the other services keep
how far it was, `stamps` an authority outside. `export` writes it for others to check; `seal` signs documents.
"""
