"""Tables as CSV or XLSX, in and out, for every service.

`tables.py` is what services call, `transfers.py` how tables come and go over HTTP, and `formats.py` says what there is.
`headings.py` and `wording.py` understand what people write, `kept_headings.py` keeps what they said of headings, and
`cell_faults.py` groups the faults of many rows. `reading.py`, `xlsx_reading.py` and `xlsx_writing.py` run in child
processes, since what comes in is hostile until shown otherwise; `csv_writing.py` and `formulas.py` say how text goes
out that no spreadsheet program runs.
"""
