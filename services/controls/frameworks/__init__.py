"""What an organisation can be measured against: catalogues of criteria and requirements.

A framework version is shipped or imported (OSCAL, JSON, CSV), read as a document, and pinned by those that use it.
Its requirements are what controls are mapped to. Two versions are compared requirement by requirement. A crosswalk
relates the requirements of two frameworks, entry by entry.
"""
