"""Which criteria a commitment belongs to. Pure.

The opinion on a SOC 2 says whether the service commitments and system requirements were met, based on the criteria. A
commitment therefore belongs to the criteria by which that is judged, which are criteria in the programme's scope.
"""

from collections.abc import Iterator, Mapping, Sequence

from shared.problems import Fault


def faults_of(named: Sequence[str], groups: Mapping[str, str]) -> Iterator[Fault]:
    """What is named and is neither a criterion in scope nor a group of such; `groups` by reference of the criterion."""
    known = {*groups, *groups.values()}
    for place, ref in enumerate(named):
        if ref not in known:
            yield Fault(f"/criteria/{place}", f"{ref} is not in the scope of this programme.")


def criteria_of(named: Sequence[str], groups: Mapping[str, str]) -> list[str]:
    """The criteria that are named by themselves or by their group, each once, in the order of the framework."""
    return [ref for ref, group in groups.items() if ref in named or group in named]
