"""Risk: what could go wrong, how much it matters, and whether the controls that answer it work.

Owns the versions of the risk method, risks and the history of their ratings; assets; indicators and their values;
acceptances; treatments with their actions; assessments; loss scenarios with their simulations; vendors with their
reviews, conditions, assurance reports and questionnaires.
Listens to controls: defined, revised, approved, implemented, retired; healthy, at risk, failing, unproven; issues;
programmes.
Listens to evidence: collections, items. Listens to audit: engagements proposed, revised, moved; findings.
Announces methods drafted, revised, previewed, put in force, replaced, discarded; risks identified, revised, agreed to
by their owner, closed, reopened, rated, above appetite, tolerance or capacity, back within appetite, treated otherwise;
overrides proposed, approved, declined, revoked, expired, overtaken;
assets registered, revised, activated, retired;
indicators defined, revised, measured, breached, recovered, silent, retired;
loss scenarios estimated, revised, retired; losses simulated, treatments compared;
vendors registered, revised, to be reviewed, approved, rejected, suspended, offboarded, with their conditions, reports
and questionnaires;
acceptances proposed, accepted, approved, in force, declined, stale, expiring, expired, revoked, superseded;
treatments drafted, revised, proposed, returned, approved, started, done, reworked, verified, closed, cancelled,
rescheduled, due soon, overdue, and likewise their actions;
assessments drafted, revised, started, submitted, approved, returned, completed, cancelled, due, with the ratings of
their risks.
"""
