"""Every list and every thing of the controls service, against the very selects of the service on the bare limit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, literal_column
from sqlalchemy.dialects.postgresql import asyncpg as dialect
from sqlalchemy.sql.util import find_tables

from services.controls.days import day_of
from services.controls.frameworks.crosswalk_entries import queries as crosswalk_entries
from services.controls.frameworks.crosswalks import queries as crosswalks
from services.controls.frameworks.frameworks import queries as frameworks
from services.controls.frameworks.requirements import queries as requirements
from services.controls.health.health import queries as health
from services.controls.issues.issues import queries as issues
from services.controls.policies.acknowledgements import queries as acknowledgements
from services.controls.policies.policies import queries as policies
from services.controls.policies.policy_campaigns import queries as policy_campaigns
from services.controls.policies.policy_reviews import queries as policy_reviews
from services.controls.policies.policy_versions import queries as policy_versions
from services.controls.programmes.programmes import queries as programmes
from services.controls.programmes.scope_decisions import queries as scope_decisions
from services.controls.programmes.statements_of_applicability import queries as statements
from services.controls.programmes.upgrades import queries as upgrades
from services.controls.register.controls import queries as controls
from services.controls.register.definitions import queries as definitions
from services.controls.register.exceptions import queries as exceptions
from services.controls.register.occurrences import queries as occurrences
from services.controls.testing.control_tests import queries as control_tests
from services.controls.testing.procedures import queries as procedures
from services.controls.testing.test_results import queries as test_results
from services.controls.testing.test_standings import queries as test_standings
from shared.clock import now
from shared.data.reads import Listing, One

PAGE = 50
_SHIPPED = frozenset({"frameworks", "framework_versions", "requirements", "crosswalks", "crosswalk_entries"})
_DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Reading:
    """A noun: where its list is, in which order it comes by default, and how one of it is found.

    `given` are the values of filters that the list insists on; `things` is where one is found, if not below the list;
    `known` is what the service itself adds to both, as the instant that something is computed as of.
    """

    path: str
    listing: Listing
    one: One
    sort: str
    things: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)

    def first_page(self) -> str:
        """Path and query of the first page."""
        given = "&".join(f"{name}={value}" for name, value in self.given.items())
        return f"{self.path}?{given}" if given else self.path

    def thing(self, key: str) -> str:
        """Path of one of them."""
        below, _, after = (self.things or f"{self.path}/{{}}").partition("{}")
        return f"{below}{key}{after}"

    def page(self, org_id: UUID) -> str:
        """The statement of the first page, all values in it."""
        name, descending = self.sort.removeprefix("-"), self.sort.startswith("-")
        column = self.listing.sorts[name]
        query = self.listing.select.where(*(self.listing.filters[each] for each in self.given))
        order = (column.desc(), self.listing.id.desc()) if descending else (column, self.listing.id)
        inner = _sql(_ours(query, org_id).order_by(*order).limit(PAGE + 1), {**self.given, **self.known})
        return f"select row_to_json(r)::text, r.{name}, r.id from ({inner}) r"  # noqa: S608 - the service's own select

    def thing_of(self, org_id: UUID) -> str:
        """The statement that finds one by its id."""
        query = _ours(self.one.select, org_id).where(self.one.by == literal_column("$1::uuid"))
        return f"select row_to_json(r)::text, r.version from ({_sql(query, self.known)}) r"  # noqa: S608 - the service's own select


def _ours(query: Select[Any], org_id: UUID) -> Select[Any]:
    """The rows of one organisation; those of tables that come with Attest are every organisation's."""
    owned = [table for table in find_tables(query, include_joins=True) if table.name not in _SHIPPED]
    return query.where(*(table.c.org_id == literal(org_id) for table in owned))


def _sql(query: Select[Any], values: Mapping[str, Any]) -> str:
    return str(query.params(**values).compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def readings(version_id: UUID, crosswalk_id: UUID) -> list[Reading]:
    """All that can be listed: of frameworks the requirements of one version, of crosswalks the entries of one."""
    return [
        Reading("/v1/controls", controls.controls, controls.control, "code"),
        Reading("/v1/control-definitions", definitions.definitions, definitions.definition, "-created_at"),
        Reading("/v1/occurrences", occurrences.occurrences, occurrences.occurrence, "-performed_at"),
        Reading("/v1/control-health", health.healths, health.health, "code", things="/v1/controls/{}/health"),
        Reading("/v1/frameworks", frameworks.frameworks, frameworks.framework, "code"),
        Reading(
            "/v1/framework-versions",
            frameworks.framework_versions,
            frameworks.framework_version,
            "-created_at",
        ),
        Reading(
            "/v1/requirements",
            requirements.requirements,
            requirements.requirement,
            "position",
            given={"version_id": version_id},
        ),
        Reading("/v1/crosswalks", crosswalks.crosswalks, crosswalks.crosswalk, "code"),
        Reading(
            "/v1/crosswalk-entries",
            crosswalk_entries.entries,
            crosswalk_entries.entry,
            "source",
            given={"crosswalk_id": crosswalk_id},
        ),
        Reading("/v1/programmes", programmes.programmes, programmes.programme, "-created_at"),
        Reading("/v1/upgrades", upgrades.upgrades, upgrades.upgrade, "-created_at"),
        Reading(
            "/v1/control-exceptions",
            exceptions.exceptions,
            exceptions.exception,
            "-created_at",
            known={"as_of": now()},
        ),
        Reading("/v1/policies", policies.policies, policies.policy, "code", known={"as_of": day_of(now())}),
        Reading("/v1/policy-versions", policy_versions.versions, policy_versions.version, "-created_at"),
        Reading("/v1/policy-reviews", policy_reviews.reviews, policy_reviews.review, "-created_at"),
        Reading(
            "/v1/policy-campaigns",
            policy_campaigns.campaigns,
            policy_campaigns.campaign,
            "-created_at",
            known={"as_of": day_of(now())},
        ),
        Reading(
            "/v1/policy-acknowledgements",
            acknowledgements.acknowledgements,
            acknowledgements.acknowledgement,
            "person",
        ),
        Reading("/v1/control-health-changes", health.health_changes, health.health_change, "-since"),
        Reading("/v1/procedures", procedures.procedures, procedures.procedure, "code"),
        Reading("/v1/procedure-versions", procedures.procedure_versions, procedures.procedure_version, "-created_at"),
        Reading("/v1/control-tests", control_tests.control_tests, control_tests.control_test, "due_at"),
        Reading("/v1/test-standings", test_standings.standings, test_standings.standing, "-created_at"),
        Reading("/v1/test-results", test_results.results, test_results.result, "-observed_at"),
        Reading("/v1/issues", issues.issues, issues.issue, "due_on", known={"as_of": day_of(now())}),
        Reading("/v1/statements-of-applicability", statements.statements, statements.statement, "-created_at"),
        Reading("/v1/scope-decisions", scope_decisions.decisions, scope_decisions.decision, "created_at"),
    ]
