"""What an event is, and what a handler hears."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.callers import Actor

CATALOGUE: dict[str, type["Event"]] = {}

_EXPECTED_PARTS = 3


class Event(BaseModel):
    """Something that happened, in the past tense. Fields are only ever added: an old reader ignores a new one.

    `name` is `<service>.<noun>.<verb in the past tense>`; the NATS subject is `events.<name>`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" not in cls.__dict__:
            return  # what several events have in common, and no event itself
        if len(cls.name.split(".")) != _EXPECTED_PARTS or cls.name in CATALOGUE:
            raise TypeError(f"{cls.name} is not <service>.<noun>.<verb>, or is taken")
        CATALOGUE[cls.name] = cls

    @classmethod
    def announcer(cls) -> str:
        """The service that announces it; NATS lets no other publish it."""
        return cls.name.partition(".")[0]

    @classmethod
    def noun(cls) -> str:
        """What kind of thing it is about, as its service calls it."""
        return cls.name.split(".")[1]

    @classmethod
    def address(cls) -> str:
        """The NATS subject."""
        return f"events.{cls.name}"


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Heard(Generic[E]):
    """An event as a handler gets it. `version` is that of the thing it is about (`subject`) after the change."""

    id: UUID
    org_id: UUID
    subject: UUID
    version: int
    occurred_at: datetime
    actor: Actor
    event: E


Handle = Callable[[AsyncSession, Any], Awaitable[None]]


class Batch(Enum):
    """Which events a handler takes in one call."""

    ONE = auto()
    INSTANT = auto()
    ANY = auto()


@dataclass(frozen=True, slots=True)
class Handler:
    """A function named for what it does, the events it hears, and which of them it takes in one call."""

    events: tuple[type[Event], ...]
    handle: Handle
    batch: Batch = Batch.ONE

    @property
    def name(self) -> str:
        return self.handle.__name__


def hears(*events: type[Event]) -> Callable[[Handle], Handler]:
    """Mark a function as the handler of these events. It runs in the transaction that records them as heard.

    A handler tolerates any order and any repetition: it drops what is older than what it has seen, and recomputes
    from state instead of adding up.
    """
    return lambda handle: Handler(events, handle)


def hears_at_once(*events: type[Event]) -> Callable[[Handle], Handler]:
    """Mark a function as the handler of these events, of which it gets all that have the same `occurred_at`, in order.

    Those that a push, an import or a sweep brings about are thousands, and there was no moment between them at which
    anything could have been otherwise. The handler takes all locks of a kind in one go, in the order of ids, and names
    for each consequence which of the events caused it.
    """
    return lambda handle: Handler(events, handle, Batch.INSTANT)


def hears_in_batches(*events: type[Event]) -> Callable[[Handle], Handler]:
    """Mark a function as the handler of these events, of which it gets whatever waits, of one organisation.

    For what follows from the newest version of each thing alone, as a `Replica` does, so that nothing is lost with
    what came between. Locks and causes are as for `hears_at_once`.
    """
    return lambda handle: Handler(events, handle, Batch.ANY)


def handlers_in(module: Any) -> tuple[Handler, ...]:
    """The handlers that a `handlers.py` defines."""
    return tuple(value for value in vars(module).values() if isinstance(value, Handler))
