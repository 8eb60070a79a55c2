"""The people of the organisation, as each service has heard of them from the gateway, and what they answer for.

A column names a person by id. Input names one by id or e-mail address (`references`), answers give the id and the
present name (`known.named`). What somebody *did* is kept with the names of then (`Actor.recorded`). What a person
answers for, and can be handed over, a service declares as its `duties`.
"""
