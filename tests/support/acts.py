"""Every act that Kaiku registers in Bolt, and sending one as somebody, whatever they may do."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from string import Formatter
from typing import Any

import handlers
from bot.bolt import create_bolt
from bot.domain.errors import Refusal
from handlers.commands import all_commands
from sandbox import payloads, text_of
from tests.support.catalogues import sentences
from tests.support.roles import ROLES
from tests.support.running import Running

Json = dict[str, Any]
ANYTHING_ELSE = ""
"""Stands for the listener of actions that earlier versions of Kaiku offered."""


@dataclass
class Registered:
    """In place of a Bolt app: notes what is registered, whatever kind of listener it is."""

    listeners: list[tuple[str, str]] = field(default_factory=list)

    def __getattr__(self, kind: str) -> Any:
        def register(constraint: Any) -> Any:
            name = constraint.pattern if isinstance(constraint, re.Pattern) else str(constraint)
            self.listeners.append((kind, name))
            return lambda listener: listener

        return register


def registered_acts(kaiku: Running) -> list[tuple[str, str]]:
    """Every listener as (kind, id); the slash command once for each word after it."""
    app = Registered()
    handlers.register(app, kaiku.app.kaiku)  # type: ignore[arg-type]
    in_bolt = create_bolt(kaiku.app.kaiku)._async_listeners
    assert len(app.listeners) == len(in_bolt), "what acts is registered in handlers, nowhere else"
    return [each for each in app.listeners if each[0] != "command"] + [
        ("command", command.name) for command in all_commands()
    ]


@dataclass(frozen=True)
class Answer:
    """What somebody was answered: all of its text; empty where there was nothing to say."""

    status: int | None
    text: str


async def send(kaiku: Running, role: str, act: tuple[str, str], value: str, form: Json) -> Answer:
    """Send the act as Slack would, signed, and read the answer wherever it comes."""
    workspace, (kind, name), user = kaiku.server.workspace, act, ROLES[role]
    workspace.views[user].clear()
    if kind == "command":
        channel = workspace.channel("CYLEINEN")
        payload = payloads.command_form(workspace, user, channel, "/kaiku", f"{name} {value}".strip())
        answer = await kaiku.server.link.app.post_form(payload, name)
    elif kind == "event":
        payload = payloads.event_envelope(workspace, _event(kaiku, name, user))
        answer = await kaiku.server.link.app.post_payload(payload)
    else:
        payload = payloads.interaction(workspace, "block_actions" if kind == "block_action" else kind, user)
        view = {"type": "home", "id": "V1", "state": {"values": _values(form)}}
        if kind == "block_action":
            action = {"type": "button", "action_id": name or "gone", "block_id": "b", "value": value}
            payload |= {"actions": [action], "view": view | {"private_metadata": form.get("form", "")}}
        else:
            payload |= {"view": view | {"type": "modal", "callback_id": name or "gone"}}
            payload["view"]["private_metadata"] = value
        if role == "outsider":
            payload["team"] = {"id": "TVIRO", "domain": "viro"}
            payload["user"]["team_id"] = "TVIRO"
        answer = await kaiku.server.link.app.post_payload(payload)
    said = [text_of(view) for view in workspace.views[user]]
    return Answer(answer.status, "\n".join([*said, _said(answer.body)]).strip())


def _said(body: str) -> str:
    found = json.loads(body) if body.startswith("{") else {}
    errors = "\n".join(found.get("errors", {}).values())
    shown = found.get("view") or found
    return "\n".join(
        filter(None, [found.get("text", ""), errors, text_of(shown) if "blocks" in shown else ""])
    )


def _values(form: Json) -> Json:
    return {name: {name: element} for name, element in form.items() if name != "form"}


def _event(kaiku: Running, name: str, user: str) -> Json:
    if name == "app_home_opened":
        return {"type": name, "user": user, "channel": f"D{user[1:]}", "tab": "home"}
    written = {"type": name, "user": user, "text": "milloin on seuraava tapaaminen", "ts": "1.000001"}
    if name == "message":
        return written | {"channel": f"D{user[1:]}", "channel_type": "im"}
    if name == "app_mention":
        return written | {"channel": "CYLEINEN"}
    return {"type": name, "user": kaiku.server.workspace.user_object(user, with_locale=True)}


def text(value: str) -> Json:
    return {"type": "plain_text_input", "value": value}


def chosen(value: str) -> Json:
    return {"type": "static_select", "selected_option": {"value": value}}


# -- refusals in a language -------------------------------------------------------------------------------


def refusal_in(language: str, answer: str) -> Refusal | None:
    """Which refusal the answer is, word for word in this language."""
    for code, pattern in _refusals(language):
        if pattern.search(answer):
            return code
    return None


@cache
def _refusals(language: str) -> list[tuple[Refusal, re.Pattern[str]]]:
    return [
        (code, _pattern(sentence))
        for code in Refusal
        for key in (f"refusal.{code}", f"refusal.{code}_near")
        for sentence in sentences(language).get(key, ())
    ]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = Formatter().parse(sentence)
    pattern = "".join(re.escape(said) + (".*?" if name else "") for said, name, *_ in parts)
    # It is searched for: what may come first says nothing, and costs the square of a long answer.
    return re.compile(pattern.removeprefix(".*?"))
