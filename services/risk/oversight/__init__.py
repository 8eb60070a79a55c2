"""What is done about vendors: reviews, the conditions of approvals, and how each vendor stands (criterion CC9.2).

A review looks at reports and questionnaires of the vendor. It is decided by another person than the reviewer.
"""
