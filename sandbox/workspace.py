"""The workspace itself: people, channels, messages, App Homes, open modals. Knows no HTTP."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.block_kit.names import with_block_ids
from sandbox.claims import Claims
from sandbox.clock import MovableClock
from sandbox.errors import SlackError
from sandbox.faults import EVENT_FAULTS, FAULTS, Fault
from sandbox.manifest import Manifest, load_yaml
from sandbox.pace import Pace
from sandbox.profiles import ENTERPRISE, QUIET, TEAM, Json, checked, new_person, user_object
from sandbox.state_file import read_state, saved_now, write_state

BOT_USER = "UKAIKU"
BOT_ID = "BKAIKU"
APP_ID = "AKAIKU"
TEAM_DOMAIN = "paikallinen"
LOG_LENGTH = 500
BOT_TOKEN = "xoxb-local-workspace"  # noqa: S105 - opens nothing but this workspace
CLIENT_ID = "1.1"
CLIENT_SECRET = "local-client-secret"  # noqa: S105 - as above
SIGNING_SECRET = "local-workspace-signing-secret"  # noqa: S105
APP_TOKEN = "xapp-1-AKAIKU-local-workspace"  # noqa: S105


@dataclass
class Workspace:
    """One workspace with one app. Everything that lasts is in ``data``; ``save`` keeps it."""

    manifest: Manifest
    clock: MovableClock
    first: Json
    state_file: Path | None = None
    bot_token: str = BOT_TOKEN
    signing_secret: str = SIGNING_SECRET
    app_token: str = APP_TOKEN
    """The app-level token, with ``app_scopes``; it opens the WebSockets of Socket Mode."""
    app_scopes: frozenset[str] = frozenset({"connections:write"})
    refresh_token: str | None = None
    """Renews the bot token (oauth.v2.access); None: token rotation is off, and the bot token never
    expires."""
    token_ends_at: datetime | None = None
    earlier_token: tuple[str, datetime | None] = ("", None)
    """The bot token before this one, which is good until its own end."""
    limits: bool = False
    """Whether calls are paced as Slack paces them (429 with Retry-After)."""
    is_commercial: bool = False
    """Whether the app is distributed commercially outside Slack's Marketplace: then it reads histories one
    page of 15 messages a minute, whatever ``limits`` says. Apps of one's own organisation are not."""
    is_org_wide: bool = False
    """Whether the app is installed for a whole Enterprise organisation, of which this is one workspace."""
    data: Json = field(default_factory=dict)
    views: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    """By person: their open modals, the top one last."""
    faults: list[Fault] = field(default_factory=list)
    random_faults: Callable[[str], Fault | None] | None = None
    """When set, calls fail at random (see ``faults.RandomFaults``) and ordered faults are ignored."""
    slow_seconds: float = 4.0
    token_refused: str | None = None
    """When set, how every call is refused although the token is right: token_revoked, account_inactive."""
    restricted: frozenset[str] = frozenset()
    """Methods that the workspace's owners keep from apps: restricted_action."""
    skew: timedelta = timedelta()
    """By how much the time stamps of requests to the app are off."""
    address: str = ""
    """Where this workspace is served, without a slash at the end."""
    log: deque[Json] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    seq: int = 0
    on_change: list[Callable[[], None]] = field(default_factory=list)
    on_event: list[Callable[[str, Json], object]] = field(default_factory=list)
    """Who is told of an event by its name in the manifest, such as message.im, and its payload."""
    unsaved: bool = False
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self.claims = Claims(self.clock)

    @classmethod
    def load(
        cls, *, manifest: Path, people: Path, clock: MovableClock | None = None, state: Path | None = None,
        bot_token: str = BOT_TOKEN, signing_secret: str = SIGNING_SECRET, limits: bool = False,
        is_commercial: bool = False, is_org_wide: bool = False,
    ) -> "Workspace":  # fmt: skip
        """A workspace from its files; with ``state`` it continues from the saved one, time included.

        Raises OSError or yaml.YAMLError for unreadable files, KeyError or ValueError for missing or wrong
        content.
        """
        workspace = cls(
            manifest=Manifest.read(manifest),
            clock=clock or MovableClock(),
            first=load_yaml(people),
            state_file=state,
            bot_token=bot_token,
            signing_secret=signing_secret,
            limits=limits,
            is_commercial=is_commercial,
            is_org_wide=is_org_wide,
        )
        workspace.reset()
        if state is not None and state.exists():
            workspace._restore(state)
        return workspace

    def _restore(self, state: Path) -> None:
        """Continue from the saved state; people and channels added to the files since are added."""
        kept, now = read_state(state)
        for name in ("people", "channels"):
            kept[name] = self.data[name] | kept[name]
        kept["people"] = {user: QUIET | person for user, person in kept["people"].items()}
        for channel in kept["channels"].values():
            channel.setdefault("is_private", channel["is_im"])
        self.data |= kept
        if self.clock.movable and now > self.clock.now():
            self.clock.move_to(now)

    def reset(self) -> None:
        """Back to the first start, except that no id is used again: apps remember ids."""
        people = {person["id"]: new_person(person) for person in self.first["people"]}
        people[BOT_USER] = new_person({"id": BOT_USER, "name": self.manifest.bot_name, "is_bot": True})
        here = [person["id"] for person in people.values() if not person["deleted"] and not person["is_bot"]]
        channels = {
            channel["id"]: {
                "id": channel["id"],
                "name": channel["name"],
                "is_im": False,
                "is_private": bool(channel.get("is_private", False)),
                "is_archived": bool(channel.get("is_archived", False)),
                "members": [*channel.get("members", here), *([BOT_USER] if channel.get("bot") else [])],
            }
            for channel in self.first["channels"]
        }
        self.data = {
            "people": people, "channels": channels, "messages": {}, "homes": {}, "settings": {},
            "last_ts": 0.0, "last_id": self.data.get("last_id", 0),
        }  # fmt: skip
        self.token_refused, self.skew = None, timedelta()
        for kept in (self.views, self.faults, self.log, self.claims, self.pace):
            kept.clear()
        self.changed()

    @property
    def team_name(self) -> str:
        name: str = self.first.get("team", "Local workspace")
        return name

    # -- change and time -------------------------------------------------------------------------

    def changed(self) -> None:
        """Note that something visible and lasting has changed."""
        self.unsaved = True
        self._tell()

    def note(self, entry: Json) -> None:
        """Remember one exchange for the traffic log."""
        self.log.append({"seq": self.seq + 1, "at": self.clock.now().isoformat(), **entry})
        self._tell()

    def happened(self, name: str, event: Json) -> None:
        """Send an event that the app may have subscribed to; ``name`` is its name in the manifest."""
        for tell in self.on_event:
            tell(name, event)

    def _tell(self) -> None:
        self.seq += 1
        for tell in self.on_change:
            tell()

    def save(self) -> None:
        """Save everything that lasts, if there is a state file. Raises OSError."""
        if self.state_file is not None:
            write_state(self.state_file, self.data, self.clock.now())
            self.unsaved = False

    def next_id(self, prefix: str) -> str:
        """An id that is unique over all runs of this workspace."""
        self.data["last_id"] += 1
        return f"{prefix}{int(self.clock.now().timestamp() * 1000):X}{self.data['last_id']:04d}"

    def next_ts(self) -> str:
        """A message's time stamp: unique, and later than every one before."""
        at = max(self.clock.now().timestamp(), self.data["last_ts"] + 0.000001)
        self.data["last_ts"] = round(at, 6)
        return f"{self.data['last_ts']:.6f}"

    # -- people and channels -----------------------------------------------------------------------

    def person(self, user_id: str) -> Json:
        """Raises SlackError user_not_found."""
        person: Json | None = self.data["people"].get(user_id)
        if person is None:
            raise SlackError("user_not_found")
        return person

    def user_object(self, user_id: str, *, with_locale: bool = False) -> Json:
        """A person as the app gets to see them. Raises SlackError user_not_found."""
        with_email = "users:read.email" in self.manifest.scopes
        user = user_object(self.person(user_id), self.clock, with_locale=with_locale, with_email=with_email)
        if self.is_org_wide and user["team_id"] == TEAM:
            user["enterprise_user"] = {
                "id": user_id,
                "enterprise_id": ENTERPRISE,
                "enterprise_name": self.team_name,
                "is_admin": False,
                "is_owner": False,
                "teams": [TEAM],
            }
        return user

    def change_person(self, fields: Json) -> None:
        """Add a person (``id`` and ``name`` at least) or change what is known of one. Who is new is in all
        public channels; a guest is in none until invited.

        Raises KeyError, ValueError.
        """
        known = self.data["people"].get(fields["id"])
        if known is None:
            person = self.data["people"][fields["id"]] = new_person(fields)
            for channel in self.data["channels"].values():
                is_open = not (channel["is_im"] or channel["is_private"] or channel["is_archived"])
                if is_open and not person["is_restricted"] and not person["is_ultra_restricted"]:
                    channel["members"].append(fields["id"])
        else:
            change = {name: value for name, value in fields.items() if name in known}
            known.update(checked(known | change))
        self.changed()

    def channel(self, channel_id: str) -> Json:
        """Raises SlackError channel_not_found."""
        channel: Json | None = self.data["channels"].get(channel_id)
        if channel is None:
            raise SlackError("channel_not_found")
        return channel

    def direct_channel(self, user_id: str) -> Json:
        """The direct message between the bot and a person, opened if need be.

        Raises SlackError user_not_found, user_disabled, cannot_dm_bot.
        """
        person = self.person(user_id)
        if person["deleted"]:
            raise SlackError("user_disabled")
        if person["is_bot"]:
            raise SlackError("cannot_dm_bot")
        channel_id = f"D{user_id[1:]}"
        channel: Json = self.data["channels"].setdefault(
            channel_id,
            {
                "id": channel_id,
                "name": self.manifest.bot_name,
                "is_im": True,
                "is_private": True,
                "is_archived": False,
                "members": [user_id, BOT_USER],
            },
        )
        return channel

    def channels_of(self, user_id: str) -> list[Json]:
        return [channel for channel in self.data["channels"].values() if user_id in channel["members"]]

    # -- messages ------------------------------------------------------------------------------------

    def add_message(
        self, channel_id: str, user: str, text: str, *, blocks: list[Json] | None = None,
        metadata: Json | None = None, ephemeral_to: str | None = None,
        **more: Any,  # noqa: ANN401
    ) -> Json:  # fmt: skip
        """Store a message; ``more`` are rare fields: thread_ts, subtype (see ``messages``)."""
        message = {
            "ts": self.next_ts(),
            "user": user,
            "text": text,
            "blocks": with_block_ids(blocks or []),
            "ephemeral_to": ephemeral_to,
            "edited": False,
            "bot": user == BOT_USER,
            "metadata": metadata,
            **more,
        }
        self.data["messages"].setdefault(channel_id, []).append(message)
        self.changed()
        return message

    def message(self, channel_id: str, ts: str) -> Json:
        """Raises SlackError message_not_found."""
        for message in reversed(self.data["messages"].get(channel_id, [])):
            if message["ts"] == ts:
                found: Json = message
                return found
        raise SlackError("message_not_found")

    def messages_for(self, user_id: str, channel_id: str) -> list[Json]:
        """What this person sees in a channel: everything but others' ephemeral messages."""
        return [
            message
            for message in self.data["messages"].get(channel_id, [])
            if message["ephemeral_to"] in {None, user_id}
        ]

    # -- triggers, response addresses, faults -------------------------------------------------------

    def new_trigger(self, user: str) -> str:
        """A trigger id for what this person just did: good for 3 s, once."""
        trigger_id = self.next_id("1337.42.")
        self.claims.add_trigger(trigger_id, user)
        return trigger_id

    def new_response_address(self, user: str, channel: str, message_ts: str | None) -> str:
        """The secret part of a ``response_url``."""
        secret = self.next_id("R")
        self.claims.add_response_address(secret, user, channel, message_ts)
        return secret

    def next_fault(self, method: str) -> Fault | None:
        """The ordered fault of this call, if any."""
        if self.random_faults is not None:
            return self.random_faults(method)
        return self._ordered(method, FAULTS)

    def next_event_fault(self, event_type: str) -> str | None:
        """The ordered fault of the next event of this type, if any."""
        fault = self._ordered(event_type, EVENT_FAULTS)
        return fault.fault if fault is not None else None

    def _ordered(self, name: str, kinds: tuple[str, ...]) -> Fault | None:
        for fault in self.faults:
            if fault.fault in kinds and fault.method in {"*", name} and fault.times > 0:
                fault.times -= 1
                return fault
        return None


__all__ = [
    "APP_ID", "BOT_ID", "BOT_USER", "ENTERPRISE", "FAULTS", "TEAM", "Fault", "Json", "SlackError",
    "Workspace", "saved_now",
]  # fmt: skip
