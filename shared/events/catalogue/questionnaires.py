"""What the risk service announces of questionnaires. No event carries an answer, or the secret of a link."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class QuestionnaireTemplateTold(Event):
    """Every event about a template says what it is called, where its questions are from, and how many there are."""

    title: str
    origin: str
    questions: int
    status: str


class QuestionnaireTemplateDrafted(QuestionnaireTemplateTold):
    """A set of questions was drafted."""

    name: ClassVar[str] = "risk.questionnaire_template.drafted"


class QuestionnaireTemplateRevised(QuestionnaireTemplateTold):
    """A draft was changed."""

    name: ClassVar[str] = "risk.questionnaire_template.revised"


class QuestionnaireTemplatePublished(QuestionnaireTemplateTold):
    """A set of questions can be sent, and never changes again."""

    name: ClassVar[str] = "risk.questionnaire_template.published"


class QuestionnaireTemplateRetired(QuestionnaireTemplateTold):
    """A set of questions is sent no more."""

    name: ClassVar[str] = "risk.questionnaire_template.retired"


class QuestionnaireTold(Event):
    """Every event about a questionnaire says whose it is and how far it is; `respondent` is the name on a link."""

    vendor_id: UUID
    title: str
    status: str
    expires_at: datetime | None
    respondent: str | None


class QuestionnairePrepared(QuestionnaireTold):
    """A questionnaire for a vendor was prepared."""

    name: ClassVar[str] = "risk.questionnaire.prepared"


class QuestionnaireSent(QuestionnaireTold):
    """A link to the questions was given out, to a person at the vendor."""

    name: ClassVar[str] = "risk.questionnaire.sent"


class QuestionnaireLinkRevoked(QuestionnaireTold):
    """The link of a respondent opens nothing any more."""

    name: ClassVar[str] = "risk.questionnaire.link_revoked"


class QuestionnaireDelegated(QuestionnaireTold):
    """A respondent gave sections to another person, by a link of their own."""

    name: ClassVar[str] = "risk.questionnaire.delegated"


class QuestionnaireOpened(QuestionnaireTold):
    """A respondent opened the questionnaire for the first time."""

    name: ClassVar[str] = "risk.questionnaire.opened"


class QuestionnaireSaved(QuestionnaireTold):
    """A respondent saved answers."""

    name: ClassVar[str] = "risk.questionnaire.saved"

    answers: int


class QuestionnaireSubmitted(QuestionnaireTold):
    """A respondent submitted the questionnaire; the links open nothing any more.

    `answers_sha256` is that of all answers as canonical JSON (RFC 8785), by the codes of their questions.
    """

    name: ClassVar[str] = "risk.questionnaire.submitted"

    answers_sha256: str


class QuestionnaireClarificationAsked(QuestionnaireTold):
    """A question was asked back about one answer."""

    name: ClassVar[str] = "risk.questionnaire.clarification_asked"

    question: str


class QuestionnaireAccepted(QuestionnaireTold):
    """The answers were accepted."""

    name: ClassVar[str] = "risk.questionnaire.accepted"


class QuestionnaireReturned(QuestionnaireTold):
    """The answers were returned to the vendor; the reason says why."""

    name: ClassVar[str] = "risk.questionnaire.returned"


class QuestionnaireCancelled(QuestionnaireTold):
    """The questionnaire is not asked for any more."""

    name: ClassVar[str] = "risk.questionnaire.cancelled"


class QuestionnaireLapsed(QuestionnaireTold):
    """The links ran out before the questionnaire was submitted."""

    name: ClassVar[str] = "risk.questionnaire.lapsed"
