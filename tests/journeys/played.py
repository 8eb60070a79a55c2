"""What journeys of examinations have in common: how a system is described, what the firm says, what comes of it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from deploy.client import done
from deploy.examination import Examination
from services.audit.wording.trust_criteria import criteria_of
from tests.audit.reported import titles
from tests.journeys.companies import Company

T = TypeVar("T")


class Tell(Protocol):
    """Whoever is told of a step while it is done."""

    async def __call__(self, what: str, step: Awaitable[T]) -> T: ...


async def untold(what: str, step: Awaitable[T]) -> T:
    """Do a step without a word."""
    assert what, "a step has a name"
    return await step


@dataclass(slots=True)
class Played:
    """What is there in the end: the examination and its issued reports, by the names of their examples."""

    examination: Examination
    reports: dict[str, dict[str, Any]]

    async def close(self) -> None:
        """Leave the connections of both parties."""
        await self.examination.close()
        await self.examination.firm.close()
        await self.examination.org.close()


async def described(examination: Examination, company: Company, controls: int) -> None:
    """The system description with all that it names, approved; and so many controls known to the firm."""
    about, org = company.about, examination.org
    beside = [("subservice-organisations", about["subservice"])]
    beside += [("user-entity-controls", each) for each in about["user_entity_controls"]]
    beside += [("significant-changes", each) for each in about["changes"]]
    for noun, said in beside:
        done(await org.manager.post(f"{examination.path}/{noun}", json=said))
    await examination.describe({"parts": about["parts"], "none_of": about["none_of"]})
    await examination.definitions(controls)


def words_of(company: Company) -> dict[str, Any]:
    """What the firm says in the report beside what is on record."""
    about = company.about
    criteria = [{"code": code, "title": _american(titles()[code])} for code in criteria_of(about["categories"])]
    return {"system": about["system"], "description_title": about["description_title"], "criteria": criteria}


def _american(title: str) -> str:
    """A title of the shipped framework in the spelling of the report."""
    return (
        title.replace("authoris", "authoriz")
        .replace("analys", "analyz")
        .replace("programme", "program")
        .replace("organis", "organiz")
    )
