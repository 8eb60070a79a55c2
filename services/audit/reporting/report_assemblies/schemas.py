from enum import StrEnum

from pydantic import model_validator

from services.audit.wording.assessments import ReadinessWords
from services.audit.wording.audit_contents import AuditWords
from services.audit.wording.contents import SocWords
from shared.http.fields import Input


class ReportKind(StrEnum):
    """What is reported: what the engagement is, or a SOC 3, the second report of a SOC 2 Type 2."""

    SOC2_TYPE1 = "soc2_type1"
    SOC2_TYPE2 = "soc2_type2"
    SOC3 = "soc3"
    SOC1_TYPE1 = "soc1_type1"
    SOC1_TYPE2 = "soc1_type2"
    READINESS = "readiness"
    ISO27001_INTERNAL = "iso27001_internal"
    ISO27001_STAGE1 = "iso27001_stage1"
    ISO27001_STAGE2 = "iso27001_stage2"
    ISO27001_SURVEILLANCE = "iso27001_surveillance"
    ISO27001_RECERTIFICATION = "iso27001_recertification"


class ReportWords(Input):
    """What the auditing party says in the report: one of the three, as the kind of the engagement asks for."""

    examination: SocWords | None = None
    audit: AuditWords | None = None
    assessment: ReadinessWords | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "ReportWords":
        if sum(each is not None for each in (self.examination, self.audit, self.assessment)) != 1:
            raise ValueError("say one of examination, audit and assessment")
        return self
