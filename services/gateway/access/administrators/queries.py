from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Members sign in with a trusted issuer's token, clients with a secret. An end date or an expiry would take the way in
# away by itself, so what has one does not count.
_LASTING = text("""
    select exists (
        select from members m where m.status = 'active' and 'admin' = any(m.roles) and m.ends_at is null
        and exists (select from issuers i where i.status = 'trusted' and i.issuer = coalesce(m.issuer, i.issuer))
    ) or exists (
        select from api_clients c join client_secrets s on s.client_id = c.id
        where c.status = 'active' and 'admin' = any(c.roles) and s.revoked_at is null and s.expires_at is null
    )
""")


async def has_lasting_administrator(session: AsyncSession) -> bool:
    """Whether somebody can sign in as an administrator of the organisation, without a date on which that ends."""
    return bool(await session.scalar(_LASTING))
