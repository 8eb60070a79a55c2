"""How bytes come in, are looked at, and are handed out.

Room is reserved within the organisation's quota. A file comes in one request (`file_uploads`) or piece by piece, and
is gone on with after a lost connection (`resumable_uploads`, the tus protocol). Its type is found in its bytes, and the
scanner looks at it before it is served. Links lead to it for minutes.
"""
