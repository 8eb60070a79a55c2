"""What the test of an item has to say. Pure functions."""

from collections import Counter
from collections.abc import Collection, Iterator

from services.audit.papers.item_tests.models import AttributeResult
from services.audit.papers.item_tests.schemas import ItemTestDraft
from services.audit.sampling.sample_items.schemas import ItemDecision
from services.audit.sampling.samples.models import ItemStatus
from shared.problems import Fault

_TESTED = frozenset({ItemStatus.PASSED, ItemStatus.DEVIATION})


def faults_of_item_test(
    draft: ItemTestDraft, *, codes: Collection[str], labels: Collection[str], marks: Collection[str]
) -> Iterator[Fault]:
    """Each attribute of the sample is answered once, and what is named is on the paper.

    `codes` are the attributes of the sample, `labels` and `marks` the evidence and the tick marks of the paper.
    """
    given = Counter(attribute.code for attribute in draft.attributes)
    if draft.outcome not in _TESTED:
        if given:
            yield Fault("/attributes", f"not for {draft.outcome}")
    else:
        yield from (Fault("/attributes", f"{code} is not answered") for code in codes if code not in given)
        yield from (Fault("/attributes", f"the sample has no attribute {code}") for code in given if code not in codes)
        yield from (Fault("/attributes", f"{code} is answered twice") for code, count in given.items() if count > 1)
        deviates = any(attribute.result == AttributeResult.DEVIATES for attribute in draft.attributes)
        if codes and deviates != (draft.outcome == ItemStatus.DEVIATION):
            words = "an attribute deviates" if deviates else "no attribute deviates"
            yield Fault("/outcome", f"{words}, and the item is said to be {draft.outcome}")
    for label in draft.evidence:
        if label not in labels:
            yield Fault("/evidence", f"the paper has no evidence {label}")
    used = {mark for attribute in draft.attributes for mark in attribute.tick_marks} | set(draft.tick_marks)
    for mark in sorted(used - set(marks)):
        yield Fault("/tick_marks", f"the legend has no {mark}")


def decision_of(draft: ItemTestDraft) -> ItemDecision:
    """What the item as a whole came to by this test."""
    deviating = [each.code for each in draft.attributes if each.result == AttributeResult.DEVIATES]
    return ItemDecision(
        status=draft.outcome, reason=draft.reason, alternatives=draft.alternatives, attributes=deviating
    )
