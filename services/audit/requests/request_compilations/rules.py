"""What drafts are made of a template, of earlier requests, or of controls. Pure functions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.audit.requests.request_compilations.schemas import FromControls, FromSample
from services.audit.requests.request_templates.schemas import TemplateLine
from services.audit.requests.requests.models import Request
from services.audit.requests.requests.schemas import MOST_LINES, RequestDraft, RequestLineDraft
from services.audit.sampling.samples.models import Sample, SampleItem


@dataclass(frozen=True, slots=True)
class Compiled:
    """A draft, and what it was made from."""

    draft: RequestDraft
    origin_id: UUID
    item_ids: tuple[UUID, ...] = ()


def from_template(
    lines: Iterable[TemplateLine], template_id: UUID, *, due_on: date | None, today: date
) -> list[Compiled]:
    """A draft for each line; a line that says so is due so many days after today."""
    return [
        Compiled(
            RequestDraft(
                **line.model_dump(exclude={"due_days"}),
                due_on=due_on if line.due_days is None else today + timedelta(days=line.due_days),
            ),
            template_id,
        )
        for line in lines
    ]


def from_requests(requests: Iterable[Request], scope: Collection[UUID], *, due_on: date | None) -> list[Compiled]:
    """A draft for each earlier request, about those of its controls that are in scope now."""
    inside = set(scope)
    return [
        Compiled(
            RequestDraft(
                code=request.code,
                title=request.title,
                text=request.text,
                example=request.example,
                addressee=request.addressee,
                control_ids=[each for each in request.control_ids if each in inside],
                due_on=due_on,
            ),
            request.id,
        )
        for request in requests
    ]


def from_controls(
    given: FromControls, control_ids: Sequence[UUID], called: Mapping[UUID, tuple[str, str]]
) -> list[Compiled]:
    """A draft for each control, whose code it has. A control that was not heard of yet is called by its id."""
    compiled = []
    for control_id in control_ids:
        code, title = called.get(control_id, (str(control_id), str(control_id)))

        def filled(text: str, code: str = code, title: str = title) -> str:
            return text.replace("{code}", code).replace("{title}", title)

        draft = RequestDraft(
            code=code,
            title=filled(given.title)[:200],
            text=filled(given.text)[:10_000],
            example=given.example,
            addressee=given.addressee,
            control_ids=[control_id],
            due_on=given.due_on,
        )
        compiled.append(Compiled(draft, control_id))
    return compiled


def from_sample(given: FromSample, sample: Sample, items: Sequence[SampleItem]) -> list[Compiled]:
    """Requests that ask for these items of a sample, each a line, as many as one request takes; none without items."""
    return [
        Compiled(
            RequestDraft(
                title=given.title,
                text=given.text,
                example=given.example,
                addressee=given.addressee,
                control_ids=[sample.control_id],
                lines=[
                    RequestLineDraft(key=_cut(item.key, 200) or f"Row {item.row}", text=_told(item)) for item in part
                ],
                due_on=given.due_on,
            ),
            sample.id,
            tuple(item.id for item in part),
        )
        for part in (items[start : start + MOST_LINES] for start in range(0, len(items), MOST_LINES))
    ]


def _told(item: SampleItem) -> str | None:
    """An item as the client's own file has it."""
    cells = "; ".join(f"{heading}: {cell}" for heading, cell in item.cells.items() if cell)
    return _cut(cells, 10_000) or None


def _cut(text: str, most: int) -> str:
    """A text of a file as a request can have it: without control characters, and not too long."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()[:most]


def without_taken(compiled: Iterable[Compiled], taken: Collection[str]) -> tuple[list[Compiled], list[str]]:
    """What is to be drafted, and the codes of what was drafted before. A code that comes twice is left out as well."""
    fresh: list[Compiled] = []
    left_out: list[str] = []
    seen = set(taken)
    for each in compiled:
        code = each.draft.code
        if code is not None and code in seen:
            left_out.append(code)
            continue
        fresh.append(each)
        seen |= {code} if code is not None else set()
    return fresh, left_out
