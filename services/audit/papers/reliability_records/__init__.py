"""Reliability records: whether information that a control uses is complete and accurate (IUC).

A population has such a conclusion of its own. This one is about what else a control or its test rests on, such as the
list that a reviewer of access looked at.
"""
