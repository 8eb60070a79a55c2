"""When a version is approved. Pure: the same decisions give the same answer, in whichever order they came.

As many of the named approvers as the quorum says must agree, and none may disagree. None of them is an author: what
someone wrote is approved by others.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from services.controls.policies.policies.models import VersionStatus
from services.controls.policies.policy_versions.schemas import PolicyApproval
from shared.people.references import KnownPerson
from shared.problems import Fault


def digest_of(markdown: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(markdown.encode()).hexdigest()


def faults_in(approvers: Sequence[KnownPerson], quorum: int, authors: Collection[UUID | None]) -> Iterator[Fault]:
    """What is wrong with who is to approve."""
    for place, approver in enumerate(approvers):
        if approver.id in authors:
            yield Fault(f"/approvers/{place}", f"{approver.name} is an author and cannot approve it.")
        if approver.id in {earlier.id for earlier in approvers[:place]}:
            yield Fault(f"/approvers/{place}", f"{approver.name} is named twice.")
    if quorum > len(approvers):
        yield Fault("/quorum", f"There are {len(approvers)} approvers.")


def standing(decisions: Sequence[PolicyApproval], quorum: int) -> VersionStatus:
    """Where a submitted version stands by the decisions of its round."""
    if PolicyApproval.REJECT in decisions:
        return VersionStatus.DRAFT
    agreed = sum(decision == PolicyApproval.APPROVE for decision in decisions)
    return VersionStatus.APPROVED if agreed >= quorum else VersionStatus.IN_APPROVAL


def of_round(decisions: Sequence[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """The decisions of one round."""
    return [decision for decision in decisions if decision["round"] == number]
