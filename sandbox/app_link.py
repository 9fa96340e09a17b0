"""What the workspace sends to the app: signed commands, clicks, submissions and events, as Slack does,
and what a person sees of the app's answer."""

import asyncio
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from sandbox import block_kit
from sandbox.profiles import user_object
from sandbox.views import close_top, find_view, push_view, update_view
from sandbox.web_api import read_message, refuse_problems
from sandbox.workspace import APP_ID, BOT_USER, TEAM, Json, SlackError, Workspace

ACK_SECONDS = 3.0


@dataclass(slots=True)
class Outcome:
    """What came of an act, as the person who did it sees it; see README, "Control API"."""

    acked: bool = False
    status: int | None = None
    ms: int = 0
    error: str | None = None
    detail: str | None = None
    message: Json | None = None
    view: Json | None = None
    errors: dict[str, str] | None = None

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(slots=True)
class Answer:
    """The app's HTTP answer; ``status`` None when none came in time."""

    status: int | None
    body: str
    content_type: str
    ms: int


@dataclass(slots=True)
class AppLink:
    """The way from this workspace to the app."""

    workspace: Workspace
    app_url: str
    base_url: str = ""
    ack_seconds: float = ACK_SECONDS
    _session: aiohttp.ClientSession | None = None
    _events: set[asyncio.Task[None]] = field(default_factory=set)

    async def stop(self) -> None:
        for task in self._events:
            task.cancel()
        await asyncio.gather(*self._events, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def settled(self) -> None:
        """Wait until every event sent so far was answered."""
        while self._events:
            await asyncio.gather(*self._events)

    # -- what people do -------------------------------------------------------------------------------

    async def command(self, user: str, channel_id: str, text: str) -> Outcome:
        """Type a slash command. Raises SlackError for a command that no app has."""
        workspace = self.workspace
        word, _, rest = text.strip().partition(" ")
        known = next((command for command in workspace.manifest.commands if command.command == word), None)
        if known is None:
            raise SlackError("unknown_command")
        person, channel = workspace.person(user), workspace.channel(channel_id)
        rest = self._escape(rest.strip()) if known.should_escape else rest.strip()
        form = {
            "token": "verification-token",
            "team_id": TEAM,
            "team_domain": "paikallinen",
            "channel_id": channel_id,
            "channel_name": "directmessage" if channel["is_im"] else channel["name"],
            "user_id": user,
            "user_name": person["name"],
            "command": word,
            "text": rest,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._response_url(user, channel_id, None),
            "trigger_id": workspace.new_trigger(user),
        }
        answer = await self._post(urlencode(form).encode(), "application/x-www-form-urlencoded", text)
        outcome = self._seen(answer, user)
        if outcome.acked and answer.body.strip():
            with _refused_into(outcome, workspace, text):
                outcome.message = self._show_answer(answer, user, channel_id)
        return outcome

    async def action(self, user: str, container: Json, block_id: str, action: Json, state: Json) -> Outcome:
        """Click or choose: ``action`` is the element with the person's choice in it."""
        payload = self._interaction("block_actions", user) | {
            "actions": [{**action, "block_id": block_id, "action_ts": f"{time.time():.6f}"}]
        }
        if container["type"] == "message":
            channel = self.workspace.channel(container["channel"])
            message = self.workspace.message(channel["id"], container["ts"])
            ephemeral = message["ephemeral_to"] is not None
            payload |= {
                "container": {
                    "type": "message",
                    "message_ts": message["ts"],
                    "channel_id": channel["id"],
                    "is_ephemeral": ephemeral,
                },
                "channel": {"id": channel["id"], "name": channel["name"]},
                "state": {"values": state},
                "response_url": self._response_url(user, channel["id"], message["ts"]),
            }
            if not ephemeral:
                payload["message"] = {
                    "type": "message", "user": BOT_USER, "ts": message["ts"], "text": message["text"],
                    "blocks": message["blocks"],
                }  # fmt: skip
        else:
            view = self.view_of(user, container["view_id"])
            if state:
                view["state"] = {"values": state}
            payload |= {"container": {"type": "view", "view_id": view["id"]}, "view": view}
        return self._seen(await self._interact(payload), user)

    async def submit(self, user: str, view_id: str, state: Json) -> Outcome:
        """Submit the top modal. Its answer may correct, replace, push or close."""
        _, view = find_view(self.workspace, view_id, None)
        view["state"] = {"values": state}
        payload = self._interaction("view_submission", user) | {"view": view, "response_urls": []}
        answer = await self._interact(payload)
        outcome = self._seen(answer, user)
        if outcome.acked:
            with _refused_into(outcome, self.workspace, "view_submission"):
                self._after_submission(answer, user, view, outcome)
        outcome.view = self._top(user)
        return outcome

    async def close(self, user: str, view_id: str, *, clear: bool) -> Outcome:
        """Close the top modal; the app is told if it asked for that."""
        _, view = find_view(self.workspace, view_id, None)
        clear = clear or bool(view["clear_on_close"])
        close_top(self.workspace, user, clear=clear)
        if not view["notify_on_close"]:
            return Outcome(acked=True)
        payload = self._interaction("view_closed", user) | {"view": view, "is_cleared": clear}
        return self._seen(await self._interact(payload), user)

    async def options(self, user: str, container: Json, block_id: str, action_id: str, typed: str) -> Json:
        """Ask the app for an external select's options."""
        payload = self._interaction("block_suggestion", user) | {
            "container": container, "block_id": block_id, "action_id": action_id, "value": typed
        }  # fmt: skip
        answer = await self._interact(payload)
        if answer.status != 200:
            raise SlackError("dispatch_failed")
        found: Json = json.loads(answer.body)
        return found

    async def open_home(self, user: str) -> Outcome:
        """Open the app's Home tab: the app is told by an event."""
        home = self.workspace.data["homes"].get(user)
        event: Json = {"type": "app_home_opened", "user": user, "channel": f"D{user[1:]}", "tab": "home"}
        self.workspace.direct_channel(user)
        self.send_event(event | ({"view": home} if home else {}))
        return Outcome(acked=True)

    def person_changed(self, user: str) -> None:
        person = user_object(self.workspace.person(user), with_locale=True)
        self.send_event({"type": "user_change", "user": person, "cache_ts": int(time.time())})

    def message_posted(self, channel_id: str, message: Json) -> None:
        channel = self.workspace.channel(channel_id)
        kind = "im" if channel["is_im"] else "channel"
        if f"message.{kind}" in self.workspace.manifest.events:
            self.send_event(
                {"type": "message", "channel": channel_id, "channel_type": kind, "user": message["user"],
                 "text": message["text"], "ts": message["ts"]}
            )  # fmt: skip

    def send_event(self, event: Json) -> None:
        """Send an event in the background, once more at once if it fails; unsubscribed ones are not sent."""
        if event["type"] != "message" and event["type"] not in self.workspace.manifest.events:
            return
        task = asyncio.get_running_loop().create_task(self._send_event(event))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def _send_event(self, event: Json) -> None:
        now = self.workspace.clock.now()
        envelope = {
            "token": "verification-token", "team_id": TEAM, "api_app_id": APP_ID, "type": "event_callback",
            "event": {**event, "event_ts": f"{now.timestamp():.6f}"},
            "event_id": self.workspace.next_id("Ev"), "event_time": int(now.timestamp()), "authorizations": [
                {"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
            ],
        }  # fmt: skip
        body = json.dumps(envelope).encode()
        answer = await self._post(body, "application/json", event["type"])
        if answer.status is None or not 200 <= answer.status < 300:
            reason = "http_timeout" if answer.status is None else "http_error"
            retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": reason}
            await self._post(body, "application/json", f"{event['type']} (retry)", retry)

    # -- inside -----------------------------------------------------------------------------------------

    def _interaction(self, kind: str, user: str) -> Json:
        person = self.workspace.person(user)
        return {
            "type": kind,
            "team": {"id": TEAM, "domain": "paikallinen"},
            "user": {"id": user, "username": person["name"], "name": person["name"], "team_id": TEAM},
            "api_app_id": APP_ID,
            "token": "verification-token",
            "trigger_id": self.workspace.new_trigger(user),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    async def _interact(self, payload: Json) -> Answer:
        body = urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
        return await self._post(body, "application/x-www-form-urlencoded", payload["type"])

    async def _post(
        self, body: bytes, content_type: str, what: str, more: dict[str, str] | None = None
    ) -> Answer:
        stamp = str(int(self.workspace.clock.now().timestamp()))
        digest = hmac.new(
            self.workspace.signing_secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256
        )
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
            **(more or {}),
        }
        if self._session is None:
            self._session = aiohttp.ClientSession()
        began = time.monotonic()
        status, text, kind, error = None, "", "", None
        try:
            timeout = aiohttp.ClientTimeout(total=self.ack_seconds)
            async with self._session.post(
                self.app_url, data=body, headers=headers, timeout=timeout
            ) as response:
                status, text, kind = response.status, await response.text(), response.content_type
        except TimeoutError:
            error = "operation_timeout"
        except aiohttp.ClientError as failure:
            error = type(failure).__name__
        ms = int((time.monotonic() - began) * 1000)
        ok = status is not None and 200 <= status < 300
        self.workspace.note(
            {
                "direction": "to_app", "what": what, "ok": ok,
                "error": error or (None if ok else f"http_{status}"), "ms": ms,
                "request": body.decode(), "response": text,
            }
        )  # fmt: skip
        return Answer(status, text, kind, ms)

    def _seen(self, answer: Answer, user: str) -> Outcome:
        acked = answer.status == 200
        error = None if acked else ("operation_timeout" if answer.status is None else "dispatch_failed")
        return Outcome(acked=acked, status=answer.status, ms=answer.ms, error=error, view=self._top(user))

    def _top(self, user: str) -> Json | None:
        stack = self.workspace.views[user]
        return stack[-1] if stack else None

    def view_of(self, user: str, view_id: str) -> Json:
        """An open modal, or the person's App Home. Raises SlackError not_found."""
        home = self.workspace.data["homes"].get(user)
        if home is not None and home["id"] == view_id:
            found: Json = home
            return found
        return find_view(self.workspace, view_id, None)[1]

    def _show_answer(self, answer: Answer, user: str, channel_id: str) -> Json:
        if answer.content_type == "application/json":
            given: Json = json.loads(answer.body)
        else:
            given = {"text": answer.body}
        if not given.get("text") and not given.get("blocks"):
            raise SlackError("no_text")
        text, blocks = read_message(given)
        in_channel = given.get("response_type") == "in_channel"
        return self.workspace.add_message(
            channel_id, BOT_USER, text, blocks=blocks, ephemeral_to=None if in_channel else user
        )

    def _after_submission(self, answer: Answer, user: str, view: Json, outcome: Outcome) -> None:
        given: Json = json.loads(answer.body) if answer.body.strip() else {}
        match given.get("response_action"):
            case None:
                close_top(self.workspace, user, clear=False)
            case "clear":
                close_top(self.workspace, user, clear=True)
            case "errors":
                errors: dict[str, str] = given.get("errors") or {}
                unknown = set(errors) - {block["block_id"] for block in view["blocks"]}
                if not errors or unknown:
                    raise SlackError(
                        "invalid_errors", detail=f"no such block_id: {', '.join(sorted(unknown))}"
                    )
                outcome.errors = errors
            case "update" | "push" as how:
                refuse_problems(block_kit.check_view(given["view"]), "invalid_arguments")
                if how == "update":
                    update_view(self.workspace, user, view, given["view"])
                else:
                    push_view(self.workspace, user, given["view"])
            case other:
                raise SlackError("unknown_response_action", detail=str(other))

    def _response_url(self, user: str, channel_id: str, message_ts: str | None) -> str:
        secret = self.workspace.new_response_address(user, channel_id, message_ts)
        return f"{self.base_url}/response/{secret}"

    def _escape(self, text: str) -> str:
        people = {person["name"]: person["id"] for person in self.workspace.data["people"].values()}
        channels = {channel["name"]: channel["id"] for channel in self.workspace.data["channels"].values()}

        def user_link(found: re.Match[str]) -> str:
            name = found[1]
            return f"<@{people[name]}|{name}>" if name in people else found[0]

        def channel_link(found: re.Match[str]) -> str:
            name = found[1]
            return f"<#{channels[name]}|{name}>" if name in channels else found[0]

        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"#([\w.-]+)", channel_link, re.sub(r"@([\w.-]+)", user_link, text))


class _refused_into:  # noqa: N801 - reads as the statement it is
    """What Slack would refuse in an ack becomes the outcome's error and a red line in the log."""

    def __init__(self, outcome: Outcome, workspace: Workspace, what: str) -> None:
        self._outcome, self._workspace, self._what = outcome, workspace, what

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, ValueError):
            error = SlackError("invalid_json", detail=str(error))
        if not isinstance(error, SlackError):
            return False
        self._outcome.error = error.code
        self._outcome.detail = error.fields.get("detail") or "; ".join(error.fields.get("errors", []))
        self._workspace.note(
            {
                "direction": "from_app", "what": f"answer to {self._what}", "ok": False, "error": error.code,
                "request": self._outcome.detail, "response": None,
            }
        )  # fmt: skip
        return True
