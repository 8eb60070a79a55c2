"""Every permission there is, and the roles that bundle them. An operation names one; the contract shows it."""

from enum import StrEnum


class Permission(StrEnum):
    """`noun:verb`, as in a token's `scope` claim (RFC 6749)."""

    CONTROLS_READ = "controls:read"
    CONTROLS_WRITE = "controls:write"
    CONTROLS_APPROVE = "controls:approve"
    PROGRAMMES_READ = "programmes:read"
    PROGRAMMES_WRITE = "programmes:write"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_SUBMIT = "evidence:submit"
    EVIDENCE_REVIEW = "evidence:review"
    EXPECTATIONS_WRITE = "expectations:write"
    RISKS_READ = "risks:read"
    RISKS_WRITE = "risks:write"
    RISK_METHODS_WRITE = "risk-methods:write"
    ENGAGEMENTS_READ = "engagements:read"
    ENGAGEMENTS_WRITE = "engagements:write"
    EXCEPTIONS_READ = "exceptions:read"
    EXCEPTIONS_RESPOND = "exceptions:respond"
    EXCEPTIONS_EVALUATE = "exceptions:evaluate"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_WRITE = "organisation:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    API_CLIENTS_READ = "api-clients:read"
    API_CLIENTS_WRITE = "api-clients:write"
    ISSUERS_READ = "issuers:read"
    ISSUERS_WRITE = "issuers:write"
    TRAIL_READ = "trail:read"
    DEAD_LETTERS_READ = "dead-letters:read"
    DEAD_LETTERS_REPLAY = "dead-letters:replay"
    SWEEPS_RUN = "sweeps:run"
    ORGANISATIONS_FOUND = "organisations:found"
    SIGNING_KEYS_ROTATE = "signing-keys:rotate"


P = Permission

_READ = frozenset({P.CONTROLS_READ, P.PROGRAMMES_READ, P.EVIDENCE_READ, P.RISKS_READ, P.ORGANISATION_READ})
_PLATFORM = frozenset(
    {P.ORGANISATIONS_FOUND, P.SIGNING_KEYS_ROTATE, P.TRAIL_READ, P.DEAD_LETTERS_READ, P.DEAD_LETTERS_REPLAY}
)
_AUDIT_ONLY = frozenset({P.EXCEPTIONS_EVALUATE})


class Role(StrEnum):
    """What a member or an API client is in an organisation."""

    ADMIN = "admin"
    COMPLIANCE_MANAGER = "compliance-manager"
    CONTROL_OWNER = "control-owner"
    EVIDENCE_REVIEWER = "evidence-reviewer"
    RISK_MANAGER = "risk-manager"
    AUDITOR = "auditor"
    VIEWER = "viewer"
    OPERATOR = "operator"


# The auditor evaluates exceptions and nobody else does; the auditor writes nothing that management asserts
# (AICPA Code of Professional Conduct, independence: no management decisions for the attest client).
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission) - {P.ORGANISATIONS_FOUND, P.SIGNING_KEYS_ROTATE} - _AUDIT_ONLY,
    Role.COMPLIANCE_MANAGER: _READ
    | {
        P.CONTROLS_WRITE,
        P.CONTROLS_APPROVE,
        P.PROGRAMMES_WRITE,
        P.EVIDENCE_SUBMIT,
        P.EVIDENCE_REVIEW,
        P.EXPECTATIONS_WRITE,
        P.RISKS_WRITE,
        P.ENGAGEMENTS_READ,
        P.ENGAGEMENTS_WRITE,
        P.EXCEPTIONS_READ,
        P.EXCEPTIONS_RESPOND,
        P.MEMBERS_READ,
        P.TRAIL_READ,
        P.SWEEPS_RUN,
    },
    Role.CONTROL_OWNER: _READ | {P.EVIDENCE_SUBMIT, P.EXCEPTIONS_READ, P.EXCEPTIONS_RESPOND},
    Role.EVIDENCE_REVIEWER: _READ | {P.EVIDENCE_REVIEW},
    Role.RISK_MANAGER: _READ | {P.RISKS_WRITE, P.RISK_METHODS_WRITE},
    Role.AUDITOR: _READ | {P.ENGAGEMENTS_READ, P.EXCEPTIONS_READ, P.EXCEPTIONS_EVALUATE, P.TRAIL_READ},
    Role.VIEWER: _READ | {P.ENGAGEMENTS_READ, P.EXCEPTIONS_READ},
    Role.OPERATOR: _PLATFORM,
}


def granted(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that the roles permit together."""
    return frozenset().union(*(GRANTS[role] for role in roles))
