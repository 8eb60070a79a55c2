"""How long evidence is kept, and how it is disposed of.

Retention rules count years from a fact, such as the release of an engagement's report; legal holds stop disposal.
Disposals are previewed, approved, carried out and certified. Engagements are what audit has announced of itself.
"""
