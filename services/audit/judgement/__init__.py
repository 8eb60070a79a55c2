"""Judgement: from criteria to the opinion, and in ISO audits from nonconformities to the certificate.

Each step is concluded by a person, with a reason: criterion by criterion from papers that were reviewed, the service
commitments and system requirements that these affect, each subject matter, and the opinion. The opinion is proposed
from the conclusions on the subject matters alone, never from a number of anything; a licensed person decides it. What
rests on something that changed is voided. Whether a certificate is granted is decided by people who did not audit.
"""
