"""The method by which the organisation rates its risks, in versions.

A version begins as a draft, from a preset or in full. A preview says how it would rate each risk. Only what was
previewed is put in force, and only while the preview still tells what would happen; the version that was in force is
replaced then, and every risk is rated by the new one in the same transaction. No risk may be rated by steps that the
new scales do not have. A version that was in force is never changed: ratings name it.
"""
