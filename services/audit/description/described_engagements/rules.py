"""Which engagements have a system description, and of what. Pure functions.

A SOC 2 is described by DC section 200 (DC1 to DC9). A SOC 1 is described by AT-C 320, which numbers nothing. An audit
against ISO/IEC 27001 has a Statement of Applicability instead. Changes are described for a period, and so by Type 2.
"""

from services.audit.engagements.engagements.models import EngagementKind

SOC2 = frozenset({EngagementKind.SOC2_TYPE1, EngagementKind.SOC2_TYPE2})
DESCRIBED = SOC2 | {EngagementKind.SOC1_TYPE1, EngagementKind.SOC1_TYPE2}
OVER_A_PERIOD = frozenset({EngagementKind.SOC2_TYPE2, EngagementKind.SOC1_TYPE2})
