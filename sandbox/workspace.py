"""The workspace itself: people, channels, messages, App Homes, open modals. Knows no HTTP."""

import json
import os
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from sandbox.clock import MovableClock, monotonic
from sandbox.manifest import Manifest

Json = dict[str, Any]

BOT_USER = "UKAIKU"
BOT_ID = "BKAIKU"
TEAM = "TKAIKU"
APP_ID = "AKAIKU"
TRIGGER_SECONDS = 3.0
RESPONSE_USES = 5
RESPONSE_SECONDS = 30 * 60.0
LOG_LENGTH = 500


class SlackError(Exception):
    """What Slack answers when it refuses: ``code`` and more fields of the answer."""

    def __init__(self, code: str, **fields: Any) -> None:  # noqa: ANN401 - fields of a JSON answer
        super().__init__(code)
        self.code = code
        self.fields = fields


@dataclass(slots=True)
class Trigger:
    user: str
    expires: float
    used: bool = False


@dataclass(slots=True)
class ResponseAddress:
    """Where an app may answer later: five times within half an hour."""

    user: str
    channel: str
    message_ts: str | None
    expires: float
    uses: int = 0


@dataclass(slots=True)
class Fault:
    method: str
    times: int
    fault: str
    retry_after: int = 1


@dataclass
class Workspace:
    """One workspace with one app. Everything that lasts is in ``data``; ``save`` keeps it."""

    manifest: Manifest
    clock: MovableClock
    first: Json
    state_file: Path | None = None
    bot_token: str = "xoxb-local-workspace"  # noqa: S105 - opens nothing but this workspace
    signing_secret: str = "local-workspace-signing-secret"  # noqa: S105
    monotonic: Callable[[], float] = monotonic
    data: Json = field(default_factory=dict)
    views: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    triggers: dict[str, Trigger] = field(default_factory=dict)
    responses: dict[str, ResponseAddress] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    random_faults: "Callable[[str], Fault | None] | None" = None
    slow_seconds: float = 4.0
    log: deque[Json] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    seq: int = 0
    on_change: list[Callable[[], None]] = field(default_factory=list)
    _counter: int = 0

    @classmethod
    def load(
        cls, *, manifest: Path, people: Path, clock: MovableClock | None = None, state: Path | None = None
    ) -> "Workspace":
        """A workspace as its files say; with ``state`` it goes on where it was left.

        Raises OSError or yaml.YAMLError for files that can't be read, ValueError for a broken state.
        """
        workspace = cls(
            manifest=Manifest.read(manifest),
            clock=clock or MovableClock(),
            first=yaml.safe_load(people.read_text(encoding="utf-8")),
            state_file=state,
        )
        workspace.reset()
        if state is not None and state.exists():
            workspace.data = json.loads(state.read_text(encoding="utf-8"))
        return workspace

    def reset(self) -> None:
        """Everything as at the first start."""
        people = {person["id"]: _person(person) for person in self.first["people"]}
        people[BOT_USER] = _person(
            {"id": BOT_USER, "name": self.manifest.bot_name, "is_bot": True, "tz": "Europe/Helsinki"}
        )
        members = [person_id for person_id, person in people.items() if not person["deleted"]]
        channels = {}
        for channel in self.first["channels"]:
            there = channel.get("members", [person for person in members if person != BOT_USER])
            channels[channel["id"]] = {
                "id": channel["id"],
                "name": channel["name"],
                "is_im": False,
                "is_archived": bool(channel.get("is_archived", False)),
                "members": [*there, *([BOT_USER] if channel.get("bot") else [])],
            }
        self.data = {"people": people, "channels": channels, "messages": {}, "homes": {}, "last_ts": 0.0}
        for kept in (self.views, self.triggers, self.responses, self.faults, self.log):
            kept.clear()
        self.changed()

    # -- change and time -------------------------------------------------------------------------

    def changed(self) -> None:
        """Something that people can see has changed."""
        self.seq += 1
        for tell in self.on_change:
            tell()

    def save(self) -> None:
        """Write the state file whole or not at all."""
        if self.state_file is None:
            return
        self.data["now"] = self.clock.now().isoformat()
        partial = self.state_file.with_suffix(".partial")
        partial.write_text(json.dumps(self.data, ensure_ascii=False), encoding="utf-8")
        os.replace(partial, self.state_file)

    def next_id(self, prefix: str) -> str:
        self._counter += 1
        return f"{prefix}{int(self.clock.now().timestamp() * 1000):X}{self._counter:04d}"

    def next_ts(self) -> str:
        """A message's time stamp: unique, and later than every one before."""
        at = max(self.clock.now().timestamp(), self.data["last_ts"] + 0.000001)
        self.data["last_ts"] = round(at, 6)
        return f"{self.data['last_ts']:.6f}"

    def note(self, entry: Json) -> None:
        """Remember one exchange for the traffic log."""
        self.seq += 1
        self.log.append({"seq": self.seq, "at": self.clock.now().isoformat(), **entry})
        for tell in self.on_change:
            tell()

    # -- people and channels -----------------------------------------------------------------------

    def person(self, user_id: str) -> Json:
        """Raises SlackError user_not_found."""
        person: Json | None = self.data["people"].get(user_id)
        if person is None:
            raise SlackError("user_not_found")
        return person

    def change_person(self, fields: Json) -> None:
        """Add a person or change what is known of one; ``name`` is needed for a new one."""
        known = self.data["people"].get(fields["id"], {})
        if not known:
            self.data["people"][fields["id"]] = _person(fields)
            for channel in self.data["channels"].values():
                if not channel["is_im"]:
                    channel["members"].append(fields["id"])
        else:
            known.update({name: value for name, value in fields.items() if name in known})
        self.changed()

    def channel(self, channel_id: str) -> Json:
        """Raises SlackError channel_not_found."""
        channel: Json | None = self.data["channels"].get(channel_id)
        if channel is None:
            raise SlackError("channel_not_found")
        return channel

    def direct_channel(self, user_id: str) -> Json:
        """The direct message between the bot and a person, opened if need be."""
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
    ) -> Json:  # fmt: skip
        message = {
            "ts": self.next_ts(),
            "user": user,
            "text": text,
            "blocks": with_block_ids(blocks or []),
            "ephemeral_to": ephemeral_to,
            "edited": False,
            "bot": user == BOT_USER,
            "metadata": metadata,
        }
        self.data["messages"].setdefault(channel_id, []).append(message)
        self.changed()
        return message

    def message(self, channel_id: str, ts: str) -> Json:
        """Raises SlackError message_not_found."""
        for message in self.data["messages"].get(channel_id, []):
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
        trigger_id = self.next_id("1337.42.")
        self.triggers[trigger_id] = Trigger(user, self.monotonic() + TRIGGER_SECONDS)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> str:
        """The person whose click this is. Raises SlackError: good for 3 s, once."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.monotonic() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def new_response_address(self, user: str, channel: str, message_ts: str | None) -> str:
        secret = self.next_id("R")
        self.responses[secret] = ResponseAddress(
            user, channel, message_ts, self.monotonic() + RESPONSE_SECONDS
        )
        return secret

    def use_response_address(self, secret: str) -> ResponseAddress:
        """Raises SlackError used_url or expired_url."""
        address = self.responses.get(secret)
        if address is None or self.monotonic() > address.expires:
            raise SlackError("expired_url")
        if address.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        address.uses += 1
        return address

    def next_fault(self, method: str) -> Fault | None:
        """The fault that this call meets, if one was ordered."""
        if self.random_faults is not None:
            return self.random_faults(method)
        for fault in self.faults:
            if fault.method in {"*", method} and fault.times > 0:
                fault.times -= 1
                return fault
        return None


def saved_now(state_file: Path) -> datetime | None:
    """What time it was in a workspace when it was last saved; None for a new one."""
    if not state_file.exists():
        return None
    return datetime.fromisoformat(json.loads(state_file.read_text(encoding="utf-8"))["now"])


def with_block_ids(blocks: list[Json]) -> list[Json]:
    """Slack names every block that the app did not name."""
    taken = {block.get("block_id") for block in blocks}
    named = []
    for n, block in enumerate(blocks):
        block_id = block.get("block_id") or f"b{n}"
        while block.get("block_id") is None and block_id in taken:
            block_id += "x"
        named.append({**block, "block_id": block_id})
    return named


def _person(raw: Json) -> Json:
    name = raw["name"]
    return {
        "id": raw["id"],
        "name": raw.get("handle", name.lower().replace(" ", ".")),
        "real_name": name,
        "title": raw.get("title", ""),
        "email": raw.get("email", ""),
        "locale": raw.get("locale", "fi-FI"),
        "tz": raw.get("tz", "Europe/Helsinki"),
        "deleted": bool(raw.get("deleted", False)),
        "is_bot": bool(raw.get("is_bot", False)),
        "is_restricted": bool(raw.get("is_restricted", False)),
        "is_ultra_restricted": bool(raw.get("is_ultra_restricted", False)),
    }
