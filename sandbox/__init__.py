"""A Slack workspace on this machine: speaks Slack's protocol to an app, refuses what Slack refuses."""

from sandbox.clock import MovableClock, StillClock
from sandbox.errors import SlackError
from sandbox.outcome import Outcome
from sandbox.server import WorkspaceServer
from sandbox.state_file import saved_now
from sandbox.visitor import NotThereError, Visitor, text_of
from sandbox.workspace import Workspace

__all__ = [
    "MovableClock",
    "NotThereError",
    "Outcome",
    "SlackError",
    "StillClock",
    "Visitor",
    "Workspace",
    "WorkspaceServer",
    "saved_now",
    "text_of",
]
