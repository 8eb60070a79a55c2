"""A system description as a page to read and to print: HTML without scripts, images or links. Pure functions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape

from services.audit.description.description_contents.schemas import Content
from services.audit.description.description_documents.schemas import DescriptionDocument
from services.audit.description.description_parts.models import DescriptionPart as P
from services.audit.description.subservice_organisations.models import SubserviceMethod

_STYLE = (
    "body{font:11pt/1.5 Georgia,serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "h1,h2,h3{line-height:1.2}h2,h3{break-after:avoid}"
    "table{border-collapse:collapse;width:100%;font-size:10pt}"
    "th,td{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}"
    "tr{break-inside:avoid}thead{display:table-header-group}.draft{border:2px solid;padding:.5em;font-weight:bold}"
)
_KINDS = {"service_commitment": "Service commitment", "system_requirement": "System requirement"}
_METHODS = {SubserviceMethod.CARVE_OUT: "carve-out method", SubserviceMethod.INCLUSIVE: "inclusive method"}

Rows = Iterable[Sequence[str]]


def as_html(document: DescriptionDocument) -> str:
    """The whole document. All that people wrote is escaped."""
    content = document.content
    body = [
        f"<h1>{escape(content.engagement.title)}: system description</h1>",
        f"<p>{escape(_time(content))}</p>",
        *_standing(document),
    ]
    for number, part in enumerate(content.parts, 1):
        criterion = f" ({part.criterion})" if part.criterion else ""
        body.append(f"<h2>{number}. {escape(part.title)}{criterion}</h2>")
        body += _paragraphs(part.text or "")
        if part.none:
            body.append("<p>Management states that there is nothing to describe here.</p>")
        if part.part in _LISTS:
            body += _LISTS[part.part](content)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(content.engagement.title)}: system description {document.number}</title>"
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>"
    )


def _time(content: Content) -> str:
    time = content.engagement
    if time.as_of_date:
        return f"As of {time.as_of_date}."
    return f"For the period from {time.period_start} to {time.period_end}, both days included."


def _standing(document: DescriptionDocument) -> Iterator[str]:
    authors = ", ".join(author.label for author in document.authors)
    yield f"<p>Version {document.number}. Written by {escape(authors)}.</p>"
    if document.approver is None or document.approved_at is None:
        yield '<p class="draft">Draft: not approved by management.</p>'
    else:
        yield f"<p>Approved by {escape(document.approver.label)} on {_instant(document.approved_at)}.</p>"
    yield f"<p>SHA-256 of the content: <code>{document.sha256}</code></p>"


def _paragraphs(text: str) -> list[str]:
    blocks = (block.strip() for block in text.replace("\r\n", "\n").split("\n\n"))
    return [f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block]


def _commitments(content: Content) -> list[str]:
    rows = ((_KINDS.get(each.kind, each.kind), each.text, ", ".join(each.criteria)) for each in content.commitments)
    return _table(("Kind", "Commitment or requirement", "Criteria"), rows)


def _controls(content: Content) -> list[str]:
    categories = ", ".join(category.replace("_", " ") for category in content.engagement.categories)
    scope = [f"<p>Trust services categories in scope: {categories}.</p>"] if categories else []
    return [*scope, *_table(("Control", "Title"), ((each.code, each.title) for each in content.controls))]


def _user_entity_controls(content: Content) -> list[str]:
    rows = ((each.code, each.text, ", ".join(each.criteria)) for each in content.user_entity_controls)
    return _table(("Control", "User entities are expected to do", _judged(content)), rows)


def _subservice_organisations(content: Content) -> list[str]:
    written = []
    for each in content.subservice_organisations:
        written.append(f"<h3>{escape(each.name)} ({_METHODS[each.method]})</h3>")
        written += _paragraphs(each.services)
        if each.ended_on:
            written.append(f"<p>Used until {each.ended_on}.</p>")
        if each.agreement:
            agreed = f"Agreed on {each.agreement.agreed_on} to make an assertion: {each.agreement.reference}."
            written.append(f"<p>{escape(agreed)}</p>")
        rows = (
            (control.text, ", ".join(control.criteria), control.monitoring, control.monitored_by)
            for control in each.controls
        )
        heads = ("Complementary subservice organisation control", _judged(content), "Monitoring", "Monitored by")
        written += _table(heads, rows)
    return written


def _incidents(content: Content) -> list[str]:
    codes = {control.id: control.code for control in content.controls}
    promised = {commitment.id: commitment.text for commitment in content.commitments}
    written = []
    for each in content.incidents:
        until = _instant(each.ended_at) if each.ended_at else "now"
        written.append(f"<h3>{escape(each.title)}</h3><p>From {_instant(each.began_at)} to {until}.</p>")
        for name, text in (("Nature", each.nature), ("Effect", each.effect), ("Disposition", each.disposition)):
            written += [f"<h4>{name}</h4>", *_paragraphs(text)]
        from_controls = ", ".join(codes.get(key, str(key)) for key in each.control_ids)
        missed = "; ".join(promised.get(key, str(key)) for key in each.commitment_ids)
        if from_controls:
            written.append(f"<p>Controls that were not effective: {escape(from_controls)}.</p>")
        if missed:
            written.append(f"<p>Commitments that were not met: {escape(missed)}</p>")
    return written


def _criteria_not_relevant(content: Content) -> list[str]:
    return _table(("Criterion", "Why"), ((each.criterion, each.reason) for each in content.criteria_not_relevant))


def _changes(content: Content) -> list[str]:
    rows = ((str(each.changed_on), each.title, each.text) for each in content.changes)
    return _table(("Day", "Change", "Details"), rows)


_LISTS: dict[P, Callable[[Content], list[str]]] = {
    P.COMMITMENTS: _commitments,
    P.INCIDENTS: _incidents,
    P.CONTROLS: _controls,
    P.USER_ENTITY_CONTROLS: _user_entity_controls,
    P.SUBSERVICE_ORGANISATIONS: _subservice_organisations,
    P.CRITERIA_NOT_RELEVANT: _criteria_not_relevant,
    P.CHANGES: _changes,
}


def _judged(content: Content) -> str:
    """What controls are for: criteria in a SOC 2, whose parts are numbered; control objectives in a SOC 1."""
    return "Criteria" if content.parts[0].criterion else "Control objectives"


def _table(heads: Sequence[str], rows: Rows) -> list[str]:
    cells = [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows]
    if not cells:
        return []
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    return [f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(cells)}</tbody></table>"]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
