"""The lock of an organisation's risk register, and the method in force.

A rating follows from a risk, the method and the health of the controls. Were two of these changed side by side, each
transaction would rate by what the other is about to replace, and no row lock covers a risk or a control that is just
being added. So whoever rates locks the register first, before any row of it. What is heard of a control that no risk
names needs no register: who names another control in a risk has that control one at a time, as who hears of it does.
"""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.terms.in_force.models import InForce
from services.risk.terms.method_terms.models import Method, MethodStatus
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.terms.presets.rules import DEFAULT, PRESETS
from shared.data.records import whole_organisation


async def lock_register(session: AsyncSession) -> InForce:
    """Wait for the organisation's register, lock it until the transaction ends, and say which method is in force."""
    await whole_organisation(session)
    return await method_in_force(session)


async def method_in_force(session: AsyncSession) -> InForce:
    """Which method is in force now, for reads that change nothing."""
    in_force = select(Method).where(col(Method.status) == MethodStatus.IN_FORCE)
    method = (await session.execute(in_force)).scalar_one_or_none()
    if method is None:
        return InForce(PRESETS[DEFAULT], 0)
    return InForce(MethodTerms.model_validate(method.terms), method.number)
