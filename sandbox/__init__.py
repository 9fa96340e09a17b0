"""A Slack workspace on this machine: speaks Slack's protocol to an app, refuses what Slack refuses."""

from sandbox.clock import MovableClock
from sandbox.server import WorkspaceServer
from sandbox.visitor import NotThereError, Visitor, text_of
from sandbox.workspace import SlackError, Workspace, saved_now

__all__ = [
    "MovableClock",
    "NotThereError",
    "SlackError",
    "Visitor",
    "Workspace",
    "WorkspaceServer",
    "saved_now",
    "text_of",
]
