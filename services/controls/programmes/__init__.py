"""What the organisation aims at, and how far it is.

A programme aims at a framework with the categories in scope; scope decisions say why a requirement is relevant or not.
Commitments are what a SOC 2 is about, each with its criteria; interested parties and security objectives are what
ISO/IEC 27001 asks for beside the scope of the management system. Steps say how far a programme is on the way that its
standard lays out, by what is known of risks and engagements too. Readiness tells per requirement whether its controls
are designed, implemented, operating and evidenced; readiness over the period of a programme tells on which days they
were, and judges each definition for its part; gaps put what is missing in order; coverage counts what other frameworks
give, and an adoption maps controls by it. An upgrade moves a programme to another version. The Statement of
Applicability is the document that ISO/IEC 27001 asks for. A framework or version that nothing rests on, no programme
among others, can be withdrawn.
"""
