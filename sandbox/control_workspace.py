"""The control API's calls on the workspace itself: its channels, its settings and its faults."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from sandbox import channel_acts
from sandbox.app_link import AppLink
from sandbox.errors import SlackError
from sandbox.faults import EVENT_FAULTS, FAULTS, Fault
from sandbox.workspace import BOT_USER, Json, Workspace

REFUSALS = {"token_revoked": "tokens_revoked", "account_inactive": "app_uninstalled"}
"""How a token can be refused for good, and which event tells the app so."""


@dataclass(slots=True)
class WorkspaceCalls:
    """Each call takes and returns JSON, and raises SlackError, KeyError or ValueError for invalid
    arguments."""

    workspace: Workspace
    link: AppLink

    def acts(self) -> dict[str, Callable[[Json], Awaitable[Json]]]:
        return {
            "channel/create": self.create,
            "channel/rename": self.rename,
            "channel/archive": self.archive,
            "channel/unarchive": self.unarchive,
            "channel/invite": self.invite,
            "channel/remove": self.remove,
            "delete": self.delete,
            "settings": self.settings,
            "subscriptions": self.enable_subscriptions,
            "faults": self.order_fault,
            "token": self.refuse_token,
            "skew": self.skew,
        }

    async def create(self, asked: Json) -> Json:
        is_private = bool(asked.get("is_private"))
        made = channel_acts.create_channel(self.workspace, asked["as"], asked["name"], is_private=is_private)
        return {"channel": made}

    async def rename(self, asked: Json) -> Json:
        channel_acts.rename_channel(self.workspace, asked["as"], asked["channel"], asked["name"])
        return {}

    async def archive(self, asked: Json) -> Json:
        channel_acts.archive_channel(self.workspace, asked["as"], asked["channel"])
        return {}

    async def unarchive(self, asked: Json) -> Json:
        channel_acts.unarchive_channel(self.workspace, asked["as"], asked["channel"])
        return {}

    async def invite(self, asked: Json) -> Json:
        channel_acts.invite(self.workspace, asked["as"], asked["channel"], asked.get("user") or BOT_USER)
        return {}

    async def remove(self, asked: Json) -> Json:
        channel_acts.remove(self.workspace, asked["as"], asked["channel"], asked.get("user") or BOT_USER)
        return {}

    async def delete(self, asked: Json) -> Json:
        channel_acts.delete_message(self.workspace, asked["as"], asked["channel"], asked["ts"])
        return {}

    async def settings(self, asked: Json) -> Json:
        """For how many minutes a message may be changed; null for ever."""
        minutes = asked["edit_window_minutes"]
        self.workspace.data["settings"]["edit_window_minutes"] = None if minutes is None else int(minutes)
        self.workspace.changed()
        return {"settings": self.workspace.data["settings"]}

    async def enable_subscriptions(self, _: Json) -> Json:
        """As on the app's page after Slack turned them off."""
        self.link.events.subscriptions.enable()
        self.workspace.changed()
        return {}

    async def order_fault(self, asked: Json) -> Json:
        if asked["fault"] not in FAULTS + EVENT_FAULTS:
            raise SlackError("unknown_fault", detail=f"one of {', '.join(FAULTS + EVENT_FAULTS)}")
        seconds = asked.get("seconds")
        fault = Fault(
            asked["method"],
            int(asked.get("times", 1)),
            asked["fault"],
            int(asked.get("retry_after", 1)),
            None if seconds is None else float(seconds),
        )
        self.workspace.faults.append(fault)
        self.workspace.changed()
        return {}

    async def refuse_token(self, asked: Json) -> Json:
        """Refuse every call with this code from now on, although the token is right; null ends that."""
        code = asked["refused"]
        if code is not None and code not in REFUSALS:
            raise SlackError("unknown_refusal", detail=f"one of {', '.join(REFUSALS)}")
        self.workspace.token_refused = code
        self.workspace.changed()
        if code is not None:
            name = REFUSALS[code]
            tokens = {"tokens": {"oauth": [], "bot": [BOT_USER]}} if name == "tokens_revoked" else {}
            self.workspace.happened(name, {"type": name, **tokens})
        return {}

    async def skew(self, asked: Json) -> Json:
        """Set by how many seconds the time stamps of requests to the app are ahead or, negative, behind."""
        self.workspace.skew = timedelta(seconds=float(asked["seconds"]))
        self.workspace.changed()
        return {}
