"""The access log: a line for each request, whoever answered it and however it ended.

It has no query string, and of a path no more than the template of its route: both can hold what only the caller and the
service are to know. `ATTEST_LOG_LEVEL=WARNING` turns it off.
"""

import logging
from collections.abc import Mapping
from typing import Any

from shared.telemetry import SECRET_PATHS, UNMEASURED_PATHS

_LONGEST_PATH = 200
_log = logging.getLogger("attest.access")


def log_request(scope: Mapping[str, Any], status: int, seconds: float) -> None:
    """Log the request of this ASGI scope, with its caller if it got as far as that; probes are left out."""
    if not _log.isEnabledFor(logging.INFO) or scope["path"].startswith(UNMEASURED_PATHS):
        return
    method, route = scope["method"], _route(scope)
    caller = scope.get("state", {}).get("caller")
    fields = {
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "actor": caller.subject if caller else None,
        "organisation": str(caller.org_id) if caller else None,
    }
    _log.info("%s %s %d", method, route, status, extra={"fields": fields})


def _route(scope: Mapping[str, Any]) -> str:
    """The route's template; where no route was found the path, without what would be a secret in it."""
    if template := getattr(scope.get("route"), "path_format", None):
        return str(template)
    path: str = scope["path"]
    secret = next((prefix for prefix in SECRET_PATHS if path.startswith(prefix)), None)
    return f"{secret}…" if secret else path[:_LONGEST_PATH]
