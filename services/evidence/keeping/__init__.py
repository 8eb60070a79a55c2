"""How long evidence is kept, and how it is disposed of.

Retention classes count years from a fact, such as the release of an engagement's report; each item has one, or the
default (`item_retention`). Legal holds stop disposal. A disposal run lists what is due, is approved by others, is
carried out by the clock and certified. Engagements are what audit has announced of itself; releases of other reports
are recorded by people.
"""
