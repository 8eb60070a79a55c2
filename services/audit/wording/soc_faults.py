"""What in the content of a SOC report does not hold together, so that it cannot be printed. Pure functions.

1. The description is of the kind and the time of the report; a SOC 3 is a second report of a Type 2.
2. Once the opinion is decided, every subject matter is judged once. A modified opinion has its matters, and a
   disclaimer is one of all of them.
3. What a modified opinion on design or operation concerns is named: service commitments and system requirements, in a
   SOC 1 the control objectives. Where the design is unsuitable, operation cannot be unmodified.
4. Every criterion has a control or is not relevant; the controls are those of the description; a Type 2 tests each one,
   never by inquiry alone, and a Type 1 tests none.
5. The assertions are dated after the time that the report is about, and not after the report.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from services.audit.wording.contents import (
    HowTested,
    Judgement,
    NoDeviations,
    OpinionKind,
    Replaced,
    ReportedControl,
    ReportedDeviations,
    SocContent,
    SocKind,
    SubjectMatter,
)
from services.audit.wording.frame import Frame
from shared.problems import Fault

_TESTED = NoDeviations | ReportedDeviations


def faults_of(content: SocContent) -> Iterator[Fault]:
    """All faults, with pointers into the content."""
    frame = Frame(content)
    kind = SocKind.SOC2_TYPE2 if frame.is_soc3 else content.kind
    if content.description.engagement.kind.value != kind.value:
        yield Fault("/description", f"is of a {content.description.engagement.kind}, and this report is of a {kind}")
        return
    yield from _of_judgements(frame)
    yield from _of_criteria(content)
    yield from _of_controls(frame)
    yield from _of_references(content)
    yield from _of_dates(content)
    yield from _of_assertions(frame)


def _of_judgements(frame: Frame) -> Iterator[Fault]:
    if not frame.is_decided:
        return
    wanted = [each for each in SubjectMatter if frame.is_type2 or each != SubjectMatter.OPERATION]
    given = [each.subject for each in frame.content.judgements]
    if sorted(given) != sorted(wanted):
        yield Fault("/judgements", f"has to judge each of these once: {', '.join(wanted)}")
        return
    for place, judgement in enumerate(frame.content.judgements):
        yield from _of_judgement(frame, judgement, f"/judgements/{place}")
    kinds = {each.subject: each.kind for each in frame.content.judgements}
    if OpinionKind.DISCLAIMER in kinds.values() and len(set(kinds.values())) > 1:
        yield Fault("/judgements", "a disclaimer is one of all subject matters")
    design, operation = kinds[SubjectMatter.DESIGN], kinds.get(SubjectMatter.OPERATION)
    if operation == OpinionKind.UNMODIFIED and design != OpinionKind.UNMODIFIED:
        yield Fault("/judgements", "controls that are not suitably designed cannot have operated effectively")


def _of_judgement(frame: Frame, judgement: Judgement, pointer: str) -> Iterator[Fault]:
    modified = judgement.kind != OpinionKind.UNMODIFIED
    if modified != bool(judgement.matters):
        yield Fault(
            f"{pointer}/matters", "needed for a modified opinion" if modified else "not for an unmodified opinion"
        )
    if judgement.kind == OpinionKind.DISCLAIMER and not all(each.limitation for each in judgement.matters):
        yield Fault(f"{pointer}/matters", "a disclaimer rests on evidence that could not be obtained")
    if judgement.kind == OpinionKind.ADVERSE and all(each.limitation for each in judgement.matters):
        yield Fault(f"{pointer}/matters", "an adverse opinion rests on something that was found")
    for place, matter in enumerate(judgement.matters):
        where = f"{pointer}/matters/{place}"
        if judgement.subject != SubjectMatter.DESCRIPTION and not matter.criteria:
            yield Fault(f"{where}/criteria", "names the criteria that it concerns")
        if frame.is_soc1 and matter.commitments:
            yield Fault(f"{where}/commitments", "a SOC 1 has control objectives instead")
        if not frame.is_soc1 and judgement.subject != SubjectMatter.DESCRIPTION and not matter.commitments:
            yield Fault(f"{where}/commitments", "names the service commitments or system requirements that it affects")


def _of_criteria(content: SocContent) -> Iterator[Fault]:
    codes = [each.code for each in content.criteria]
    yield from (Fault("/criteria", f"names {code} twice") for code in _twice(codes))
    answered = {code for control in content.controls for code in control.criteria}
    without_reason = {each.criterion for each in content.description.criteria_not_relevant}
    for place, code in enumerate(codes):
        if code not in answered and code not in without_reason:
            yield Fault(
                f"/criteria/{place}", f"{code} has no control, and the description does not say that it is not relevant"
            )
    for code in sorted(answered - set(codes)):
        yield Fault("/criteria", f"{code} is answered by a control, and is not among them")


def _of_controls(frame: Frame) -> Iterator[Fault]:
    content = frame.content
    codes = [each.code for each in content.controls]
    yield from (Fault("/controls", f"names {code} twice") for code in _twice(codes))
    described = {each.code for each in content.description.controls}
    for code in sorted(described ^ set(codes)):
        missing = "the description does not have it" if code not in described else "it is missing here"
        yield Fault("/controls", f"{code}: {missing}")
    for place, control in enumerate(content.controls):
        if not control.criteria:
            yield Fault(f"/controls/{place}/criteria", f"{control.code} answers none of the criteria of the report")
        if frame.is_type2:
            yield from _of_tests(content, control, f"/controls/{place}/tests")
        elif control.tests:
            yield Fault(f"/controls/{place}/tests", "a Type 1 tests no operation")


def _of_tests(content: SocContent, control: ReportedControl, pointer: str) -> Iterator[Fault]:
    if not control.tests:
        yield Fault(pointer, f"{control.code} has no reviewed paper that tests it")
    codes = {each.code for each in content.controls}
    kinds = {
        procedure.kind for test in control.tests if isinstance(test.result, _TESTED) for procedure in test.procedures
    }
    if kinds == {HowTested.INQUIRY}:
        yield Fault(pointer, f"{control.code} is tested by inquiry alone")
    for place, test in enumerate(control.tests):
        where, result = f"{pointer}/{place}/result", test.result
        if isinstance(result, ReportedDeviations) and (result.deviating or 0) > (result.tested or 0):
            yield Fault(f"{where}/deviating", "more than were tested")
        if isinstance(result, Replaced):
            if result.by not in codes or result.by == control.code:
                yield Fault(f"{where}/by", f"{result.by} is no other control of the report")
            if not _within(content, result.on):
                yield Fault(f"{where}/on", "outside the period")


def _of_references(content: SocContent) -> Iterator[Fault]:
    controls, criteria = {each.code for each in content.controls}, {each.code for each in content.criteria}
    for place, judgement in enumerate(content.judgements):
        for number, matter in enumerate(judgement.matters):
            pointer = f"/judgements/{place}/matters/{number}"
            yield from (
                Fault(f"{pointer}/controls", f"{code} is no control of the report")
                for code in matter.controls
                if code not in controls
            )
            yield from (
                Fault(f"{pointer}/criteria", f"{code} is no criterion of the report")
                for code in matter.criteria
                if code not in criteria
            )
    deviating = {
        control.code
        for control in content.controls
        for test in control.tests
        if isinstance(test.result, ReportedDeviations)
    }
    deviating |= {code for judgement in content.judgements for matter in judgement.matters for code in matter.controls}
    for place, response in enumerate(content.responses):
        if response.control not in deviating:
            yield Fault(f"/responses/{place}/control", f"{response.control} has no {content.term} to respond to")
    subservice = {each.id for each in content.description.subservice_organisations}
    for place, key in enumerate(content.unnamed):
        if key not in subservice:
            yield Fault(f"/unnamed/{place}", f"{key} is no subservice organisation of the description")


def _of_dates(content: SocContent) -> Iterator[Fault]:
    last, dated = content.description.engagement.last_day, content.report_date
    assert last, "an examination has an as-of date or a period"
    if dated is not None and dated < last:
        yield Fault("/report_date", "lies before the end of the time that the report is about")
    signed = [("/assertion/signed_on", content.assertion.signed_on)] if content.assertion else []
    signed += [
        (f"/subservice_assertions/{place}/signed_on", each.signed_on)
        for place, each in enumerate(content.subservice_assertions)
    ]
    for pointer, day in signed:
        if day < last:
            yield Fault(pointer, "lies before the end of the time that the assertion is about")
        if dated is not None and day > dated:
            yield Fault(pointer, "lies after the date of the report")


def _of_assertions(frame: Frame) -> Iterator[Fault]:
    content = frame.content
    asserting = [each.organization for each in content.subservice_assertions]
    included = [each.id for each in frame.included]
    if sorted(asserting) != sorted(included):
        yield Fault("/subservice_assertions", "each included subservice organisation asserts once, and nobody else")


def _within(content: SocContent, day: date) -> bool:
    time = content.description.engagement
    return bool(time.first_day and time.last_day and time.first_day <= day <= time.last_day)


def _twice(codes: Sequence[str]) -> list[str]:
    return sorted(code for code, count in Counter(codes).items() if count > 1)
