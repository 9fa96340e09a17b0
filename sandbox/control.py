"""The control API: what the page and the tests ask of the workspace. Calls are in README.md."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from sandbox.app_link import AppLink
from sandbox.control_workspace import WorkspaceCalls
from sandbox.errors import SlackError
from sandbox.faults import FAULTS
from sandbox.outcome import Outcome
from sandbox.socket_mode import SocketMode
from sandbox.workspace import BOT_USER, TEAM, Json, Workspace


@dataclass(slots=True)
class Control:
    """Handlers of ``/control/...``."""

    workspace: Workspace
    link: AppLink
    sockets: SocketMode
    _streams: set[asyncio.Event] = field(default_factory=set)
    _ending: bool = False

    def routes(self) -> list[web.RouteDef]:
        acts: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "command": self.command,
            "message": self.message,
            "action": self.action,
            "options": self.options,
            "submit": self.submit,
            "close": self.close,
            "home": self.home,
            "person": self.person,
            "clock": self.move_clock,
            "sockets": self.act_on_sockets,
            "reset": self.reset,
            **WorkspaceCalls(self.workspace, self.link).acts(),
        }
        return [
            web.get("/control/state", self.state),
            web.get("/control/changes", self.changes),
            web.get("/control/clock", self.clock),
            web.get("/control/log", self.log),
            web.get("/control/sockets", self.list_sockets),
            *(web.post(f"/control/{name}", _json_call(act)) for name, act in acts.items()),
        ]

    # -- reading ------------------------------------------------------------------------------------------

    async def state(self, request: web.Request) -> web.Response:
        workspace, user = self.workspace, request.query.get("as", "")
        try:
            me = workspace.person(user)
        except SlackError:
            me = next(iter(workspace.data["people"].values()))
            user = me["id"]
        if not me["deleted"] and not me["is_bot"]:
            workspace.direct_channel(user)
        channels = workspace.channels_of(user)
        return web.json_response(
            {
                "seq": workspace.seq,
                **self._time(),
                "team": {"id": TEAM, "name": workspace.team_name},
                "bot": {"user_id": BOT_USER, "name": workspace.manifest.bot_name},
                "me": me,
                "people": [p for p in workspace.data["people"].values() if not p["is_bot"]],
                "commands": [
                    {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
                    for c in workspace.manifest.commands
                ],
                "channels": [
                    {name: c[name] for name in ("id", "name", "is_im", "is_private", "is_archived")}
                    | {"unread": 0}
                    for c in channels
                ],
                "messages": {
                    c["id"]: [self._message(m) for m in workspace.messages_for(user, c["id"])]
                    for c in channels
                },
                "home": workspace.data["homes"].get(user),
                "views": workspace.views[user],
                "fault_kinds": FAULTS,
                "trouble": {
                    "token_refused": workspace.token_refused,
                    "skew_seconds": workspace.skew.total_seconds(),
                    "subscriptions_enabled": self.link.events.subscriptions.enabled,
                    "faults": [
                        {"method": fault.method, "fault": fault.fault, "times": fault.times}
                        for fault in workspace.faults
                        if fault.times > 0
                    ],
                },
            }
        )

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one after a change, or after several at once."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        changed = asyncio.Event()
        changed.set()
        self._streams.add(changed)
        self.workspace.on_change.append(changed.set)
        try:
            while not self._ending:
                await response.write(f"data: {json.dumps({'seq': self.workspace.seq})}\n\n".encode())
                changed.clear()
                await changed.wait()
        except ConnectionError:
            pass  # the page was closed
        finally:
            self.workspace.on_change.remove(changed.set)
            self._streams.discard(changed)
        return response

    def end_streams(self) -> None:
        """Tell every open page that the workspace stops, so that stopping need not wait for them."""
        self._ending = True
        for changed in self._streams:
            changed.set()

    async def clock(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True, **self._time()})

    async def log(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after") or 0)
        return web.json_response({"entries": [e for e in self.workspace.log if e["seq"] > after]})

    # -- acting -------------------------------------------------------------------------------------------

    async def command(self, asked: Json) -> Json:
        self.link.may_write(asked["as"], asked["channel"])
        thread_ts = asked.get("thread_ts")
        return _outcome(
            await self.link.command(asked["as"], asked["channel"], asked["text"], thread_ts=thread_ts)
        )

    async def message(self, asked: Json) -> Json:
        self.link.may_write(asked["as"], asked["channel"])
        message = await self.link.post(
            asked["as"],
            asked["channel"],
            asked["text"],
            thread_ts=asked.get("thread_ts"),
            broadcast=bool(asked.get("reply_broadcast")),
        )
        return {"message": message}

    async def action(self, asked: Json) -> Json:
        return _outcome(
            await self.link.act(
                asked["as"],
                asked["container"],
                asked["block_id"],
                asked["action_id"],
                asked.get("value"),
                asked.get("state"),
            )
        )

    async def options(self, asked: Json) -> Json:
        return await self.link.options(
            asked["as"], asked["container"], asked["block_id"], asked["action_id"], asked.get("value", "")
        )

    async def submit(self, asked: Json) -> Json:
        return _outcome(await self.link.submit(asked["as"], asked["view_id"], asked["state"]))

    async def close(self, asked: Json) -> Json:
        return _outcome(await self.link.close(asked["as"], asked["view_id"], clear=bool(asked.get("clear"))))

    async def home(self, asked: Json) -> Json:
        return _outcome(await self.link.open_home(asked["as"]))

    async def person(self, asked: Json) -> Json:
        is_new = asked["id"] not in self.workspace.data["people"]
        self.workspace.change_person(asked)
        tell = self.link.person_joined if is_new else self.link.person_changed
        tell(asked["id"])
        return {"person": self.workspace.person(asked["id"])}

    async def move_clock(self, asked: Json) -> Json:
        try:
            if "to" in asked:
                self.workspace.clock.move_to(datetime.fromisoformat(asked["to"]))
            else:
                self.workspace.clock.advance(timedelta(seconds=float(asked["advance_seconds"])))
        except ValueError as error:
            code = "bad_time" if self.workspace.clock.movable else "clock_is_real"
            raise SlackError(code, detail=str(error)) from None
        self.workspace.changed()
        return self._time()

    async def list_sockets(self, _: web.Request) -> web.Response:
        connections = [{"id": each.id, "silent": each.silent} for each in self.sockets.connections]
        return web.json_response({"ok": True, "connections": connections})

    async def act_on_sockets(self, asked: Json) -> Json:
        return {"connections": await self.sockets.act(asked["do"], asked.get("connection"))}

    async def reset(self, _: Json) -> Json:
        self.link.events.forget()
        self.link.events.subscriptions.enable()
        self.workspace.reset()
        return {}

    # -- inside -------------------------------------------------------------------------------------------

    def _message(self, message: Json) -> Json:
        return {**message, "ephemeral": message["ephemeral_to"] is not None}

    def _time(self) -> Json:
        clock = self.workspace.clock
        return {"now": clock.now().isoformat(), "clock_movable": clock.movable}


def _outcome(outcome: Outcome) -> Json:
    return {"outcome": outcome.as_json()}


def _json_call(act: Callable[[Json], Awaitable[Json]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            asked = await request.json() if request.can_read_body else {}
            if not isinstance(asked, dict):
                raise TypeError("the body must be a JSON object")
            return web.json_response({"ok": True, **await act(asked)})
        except SlackError as error:
            status = 409 if error.code == "clock_is_real" else 400
            refused = {"ok": False, "error": error.code, "detail": error.detail}
            return web.json_response(refused, status=status)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            detail = f"{type(error).__name__}: {error}"
            return web.json_response({"ok": False, "error": "bad_request", "detail": detail}, status=400)

    return handle
