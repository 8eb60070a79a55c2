"""How an entry is read: from either end, and what is wrong with one that is proposed."""

from collections.abc import Collection, Iterator

from services.controls.frameworks.crosswalk_entries.schemas import Mapping
from services.controls.frameworks.crosswalks.models import Relation
from shared.problems import Fault

_TURNED = {Relation.SUBSET_OF: Relation.SUPERSET_OF, Relation.SUPERSET_OF: Relation.SUBSET_OF}


def turned(relation: Relation) -> Relation:
    """The relation of the target to the source: what is a subset one way is a superset the other."""
    return _TURNED.get(relation, relation)


def faults_of(
    mapping: Mapping, *, at: str, source: str, target: str, known: Collection[str], taken: Collection[tuple[str, str]]
) -> Iterator[Fault]:
    """What is wrong with an entry of a crosswalk from `source` to `target`; `at` is where it stands in the body."""
    for name, reference, framework in (("source", mapping.source, source), ("target", mapping.target, target)):
        if reference.partition(":")[0] != framework:
            yield Fault(f"{at}/{name}", f"The reference must be of {framework}.")
        elif reference not in known:
            yield Fault(f"{at}/{name}", f"No framework asks for {reference}.")
    if (mapping.source, mapping.target) in taken:
        yield Fault(f"{at}/target", f"The crosswalk already has an entry from {mapping.source} to {mapping.target}.")
