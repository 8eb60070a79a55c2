"""The system description of a SOC engagement, which management writes and answers for (section III of the report).

Recorded one by one: the controls that user entities have to operate, the subservice organisations with the controls
that are assumed of them and the vendors that they are, system incidents, and significant changes. Commitments come from
the engagement's programme.
"""
