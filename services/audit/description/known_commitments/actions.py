"""What is known of commitments, as the controls service announces them."""

from services.audit.description.known_commitments.models import KnownCommitment
from shared.events.catalogue.programmes import CommitmentRecorded, CommitmentRevised, CommitmentWithdrawn
from shared.events.replicas import Facet, Replica, is_one_of

COMMITMENTS = Replica(
    KnownCommitment,
    Facet(
        "version",
        (CommitmentRecorded, CommitmentRevised, CommitmentWithdrawn),
        *("programme_id", "kind", "text", "criteria"),
        withdrawn=is_one_of(CommitmentWithdrawn),
    ),
)
