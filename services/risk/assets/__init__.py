"""What the organisation has that risks are about: its assets, who answers for them, and what rests on what.

An asset names the assets that it is related to and the controls that protect it. They come one by one or from a sheet.
"""
