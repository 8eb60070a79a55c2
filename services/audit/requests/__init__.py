"""What the auditing party asks the client for (PBC), and what it is answered with.

The firm drafts requests, from its templates, from its last engagement of the client, from the controls in scope or from
a sheet; the client sees none of them until they are released, one by one or as a list. The client answers with
versions of evidence, with words, or by saying that something is not available and why. The firm accepts an answer or
returns it with what is missing; nobody accepts their own. Both write to the thread of a request.
"""
