"""Withdrawals: what an organisation brought in by mistake is taken away again, as long as nothing rests on it.

A version rests on nothing when no programme pins it or ever moved from it or to it, no profile was resolved against it,
and no control answers a requirement that no other version of the framework has. A framework, when that is true of all
its versions and no control or crosswalk names it. Then its requirements and document go, it stays listed as withdrawn
for whoever keeps a copy, and its code or label is free again. What anything ever rested on stays for good.
"""
