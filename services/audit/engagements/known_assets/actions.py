"""What is known of assets, as the risk service announces them."""

from services.audit.engagements.known_assets.models import KnownAsset
from shared.events.catalogue.assets import AssetActivated, AssetRegistered, AssetRetired, AssetRevised
from shared.events.replicas import Facet, Replica, is_one_of

ASSETS = Replica(
    KnownAsset,
    Facet(
        "version",
        (AssetRegistered, AssetRevised, AssetActivated, AssetRetired),
        "code",
        "title",
        "kind",
        retired=is_one_of(AssetRetired),
    ),
)
