"""The local runner: all of Attest as processes on this machine, with real servers from wheels."""

from deploy.local.errors import StackError
from deploy.local.ports import Ports
from deploy.local.services import Service
from deploy.local.stack import Stack

__all__ = ["Ports", "Service", "Stack", "StackError"]
