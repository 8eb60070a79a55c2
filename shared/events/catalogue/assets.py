"""What the risk service announces of assets."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AssetEvent(Event):
    """Every event about an asset says what it is, how it is classified and which controls protect it."""

    code: str
    title: str
    kind: str
    classification: str
    personal_data: bool
    status: str
    control_ids: list[UUID]


class AssetRegistered(AssetEvent):
    """An asset was registered."""

    name: ClassVar[str] = "risk.asset.registered"


class AssetRevised(AssetEvent):
    """An asset, its owner, its relations or its controls were changed."""

    name: ClassVar[str] = "risk.asset.revised"


class AssetActivated(AssetEvent):
    """A proposed asset is in use."""

    name: ClassVar[str] = "risk.asset.activated"


class AssetRetired(AssetEvent):
    """An asset is no longer in use; the reason says why."""

    name: ClassVar[str] = "risk.asset.retired"
