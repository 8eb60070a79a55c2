"""Certificates: decided by people of the certification body who did not audit, and what becomes of each.

A decision grants a certificate, refuses or defers it; its ground is the audit of stage 2 or of recertification (ISO/IEC
17021-1, 9.5). A certificate lasts three years, and names the version of the Statement of Applicability.
"""
