from datetime import date

from services.audit.description.described_engagements.models import Described


class SignificantChange(Described, table=True):
    """A change in the period that matters to commitments and requirements (DC 200, DC9). `changed_on` is a UTC day."""

    __tablename__ = "significant_changes"

    title: str
    text: str
    changed_on: date
