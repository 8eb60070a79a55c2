"""What every service imports, imported once and left alone by the garbage collector, so that forks share it.

Nothing here may start a thread or read a setting: threads do not survive a fork, and each service has its own settings.
"""

import gc

import uvicorn.lifespan.on
import uvicorn.loops.uvloop
import uvicorn.protocols.http.httptools_impl  # noqa: F401

import shared.service  # noqa: F401

gc.collect()
gc.freeze()
