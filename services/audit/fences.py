"""What the policies of this service's tables say of the two parties of an engagement, for its migrations."""

from shared.data.platform import IN_ENGAGEMENT, IN_FIRM

# The organisation of the transaction.
OURS = "(select nullif(current_setting('app.org_id', true), '')::uuid)"
# The engagement that a token is for, while its firm conducts it and may read the client's rows; null otherwise.
READABLE = f"""(select id from engagements where id = {IN_ENGAGEMENT} and firm_id = {IN_FIRM}
    and phase in ('accepted', 'planning', 'fieldwork', 'evaluation', 'reporting', 'issued'))"""  # noqa: S608
# The client of it, and the controls in its scope.
CLIENT = f"(select org_id from engagements where id = {READABLE})"  # noqa: S608
SCOPE = f"(select control_ids from engagements where id = {READABLE})::uuid[]"  # noqa: S608
# The engagement whose open matters it takes up.
FOLLOWED = f"(select follows_id from engagements where id = {IN_ENGAGEMENT})"  # noqa: S608
