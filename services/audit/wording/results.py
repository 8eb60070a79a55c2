"""What is written of the result of a test. The wording follows the result, and nothing else."""

from services.audit.wording.contents import (
    ControlTest,
    NoDeviations,
    NoOccurrence,
    NotTested,
    Replaced,
    ReportedDeviations,
    Term,
)
from services.audit.wording.phrases import clause, day_of, sentence


def result_text(test: ControlTest, term: Term, *, response_in: str | None = None) -> str:
    """The result of a test; `response_in` is the section that has management's response to its deviations.

    Without deviations the number of items tested is not told; with deviations it is, as are their number and nature
    (AT-C 320, and the SOC 2 guide).
    """
    match test.result:
        case NoDeviations():
            return f"No {term}s noted."
        case ReportedDeviations(tested=tested, deviating=deviating, items=items, nature=nature, cause=cause):
            counted = f"For {deviating} of {tested} {items}, " if tested else f"{str(term).capitalize()} noted: "
            text = f"{counted}{sentence(nature)}"
            if cause:
                text += f" Cause: {sentence(cause)}"
            if response_in:
                text += f" Management’s response, which is unaudited, is in {response_in}."
            return text
        case NoOccurrence(circumstance=circumstance):
            return (
                "The circumstances that warrant this control did not occur in the period; operation was not tested."
                f" {sentence(circumstance)}"
            )
        case NotTested(reason=reason):
            return f"Not tested. {sentence(reason)}"
        case Replaced(on=on, by=by):
            return f"This control was replaced on {day_of(on)}: see control no. {clause(by)}."
