"""Audit: what the auditor does, and concludes.

Owns engagements with their scope, candidates, what the organisation plans and spends on them, system descriptions with
what they name, the firm's populations and samples, its conclusions, opinions, areas of concern, nonconformities and
certificates, its papers, deviations and findings, the files that it keeps of engagements, what it asks the client for
with the answers, the firm's reports with their downloads, and the client's bridge letters. Listens to controls:
defined, revised, approved, implemented, retired; failing, at risk, recovered, proven, unproven; occurrences missed,
recorded, withdrawn; historical records recorded, accepted, refused; definitions approved, begun earlier, withdrawn;
programmes started, revised, completed, withdrawn; commitments recorded, revised, withdrawn. Listens to risk: above
appetite, back within it; assets registered, revised, activated, retired;
vendors registered, revised, called for review, due for review, approved, rejected, conditions
met, activated, suspended, reinstated, offboarding begun, offboarded. Listens to evidence: items submitted, accepted,
returned, replaced; collections accepted. Listens to the gateway: organisations founded, renamed; audit firms
established, revised, listed, delisted; licences declared, verified, refused, withdrawn; people left. Announces
engagements proposed, revised, moved; scope changes recorded; team members assigned, reassigned, released, their
independence confirmed, withdrawn; engagement documents recorded, withdrawn; candidates raised, risk noted, corrected,
remediated, lapsed, responded to, confirmed, dismissed, reopened; cost entries recorded, withdrawn; milestones planned,
revised, reached, reopened, withdrawn; calendar feeds issued, revoked; user entity controls, system incidents and
significant changes recorded, revised, withdrawn; subservice organisations recorded, revised, ended; system descriptions
drafted, revised, approved, superseded; sampling policies set; populations asked, revised, received, rejected, frozen,
found reliable, found unreliable, superseded; samples designed, seeded, drawn, released, extended, evaluated, voided;
sample items decided, replaced; request templates defined, revised, withdrawn; requests drafted, revised, released,
rescheduled, assigned, submitted, declared unavailable, returned, accepted, unavailable, cancelled, overdue; request
answers given; request comments written; audit reports drafted, revised, rendered, released, taken back, approved,
issued, ending, superseded, withdrawn; report downloads recorded; bridge letters drafted, revised, signed, sent,
withdrawn; firm procedures defined, revised, retired; papers planned, revised, concluded, prepared, reviewed, partner
reviewed, reopened, withdrawn; item tests recorded; review notes raised, answered, cleared; reliability records
recorded, withdrawn; deviations recorded, analysed, concluded, retracted; findings drafted, revised, communicated,
responded to, concluded, withdrawn; finding remediations stated, decided; conclusions reached, replaced, voided;
opinions decided, replaced, voided; areas of concern noted, moved; nonconformities raised, moved; certificates decided,
changed; engagement files moved; file additions recorded; jobs started, finished.
"""
