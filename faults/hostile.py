"""Requests that Slack does not send: signed ones with changed content, and unsigned ones."""

import gzip
import json
import random
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from bot.views import ids

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TOKEN = "Secret-Calendar-Address-0123456789"  # noqa: S105 - nobody's
"""Stands in strangers' request lines; it may be in no log."""

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**18, 1.5, float("inf"), "", " ", "x" * 5000, "\x00", "\ud800", "a\nb\x1b[31mc", "\u202e",
    "9" * 30, "2019-13-45", "25:61", "null", [], [None], ["x"], [[]], {}, {"id": None}, {"id": 7}, {"value": None}, {"type": None},
)  # fmt: skip

_STATE = {
    "values": {
        "b1": {
            "agency": {"type": "static_select", "selected_option": {"value": "vero"}},
            "role": {"type": "static_select", "selected_option": {"value": "expert"}},
            "language": {"type": "static_select", "selected_option": {"value": "fi"}},
        },
        "b2": {
            ids.ON_DAY: {"type": "datepicker", "selected_date": "2019-03-01"},
            ids.AT_TIME: {"type": "timepicker", "selected_time": "09:00"},
            ids.PAUSED_UNTIL: {"type": "datepicker", "selected_date": "2019-04-01"},
            ids.FREQUENCY: {"type": "static_select", "selected_option": {"value": "all"}},
        },
        "b3": {name: {"type": "plain_text_input", "value": "text"} for name in ids.ANSWERS},
        "b4": {"series": {"type": "checkboxes", "selected_options": [{"value": "x"}]}},
        "b5": {"channels": {"type": "multi_conversations_select", "selected_conversations": ["C1"]}},
        "b6": {
            ids.PEOPLE: {"type": "multi_users_select", "selected_users": ["UFASI", "UAINO"]},
            ids.NEW_MEMBER: {"type": "users_select", "selected_user": "UAINO"},
            ids.GROUP_CHANNEL: {"type": "conversations_select", "selected_conversation": "C1"},
            "needs": {"type": "checkboxes", "selected_options": [{"value": "step_free"}]},
            ids.NEW_DAY: {"type": "datepicker", "selected_date": "2019-05-02"},
            ids.NEW_STARTS: {"type": "timepicker", "selected_time": "09:00"},
            ids.LETTER_TO: {"type": "static_select", "selected_option": {"value": "both"}},
        },
    }
}
CARRIED = (
    "dialogue-2", "dialogue-2/1", "dialogue-2:1", "1", "1:dialogue-2", "dialogue-2/1/start/0p300", "free:new:abc",
    'dialogue-2:close:["1","",{}]', "dialogue-2:UFASI", "1:hour", "dialogue-2::", "dialogue-2:used:0", "dialogue-2:new-k",
)  # fmt: skip
"""What buttons and forms carry: where a listener reads another shape, it refuses."""

_USER = {"id": "UAINO", "name": "aino", "team_id": "T1"}


def signed_requests(seed: int) -> Iterator[tuple[bytes, str]]:
    """Bodies to be signed, with their content type: what Slack sends, with one to three parts of it changed."""
    chance = random.Random(seed)
    templates = list(_templates())
    number = 0
    while True:
        number += 1
        payload = json.loads(json.dumps(chance.choice(templates)))
        for _ in range(chance.randint(1, 3)):
            _change(payload, chance)
        payload["nonce"] = f"{seed}.{number}"  # Slack never signs the same bytes twice
        body, content_type = _encoded(payload, chance)
        if chance.random() < 0.05:
            body = _damaged(body, chance)
        yield body, content_type


def _templates() -> Iterator[dict[str, Any]]:
    for text in (
        "",
        "help",
        "list",
        "join dialogue-2",
        "leave dialogue-2",
        "mine",
        "reflect",
        "prompt",
        "announce",
        "settings",
    ):
        yield {
            "command": "/kaiku", "text": text, "user_id": "UAINO", "user_name": "aino", "team_id": "T1",
            "channel_id": "C1", "trigger_id": "1.2.x", "response_url": "https://hooks.slack.com/x",
        }  # fmt: skip
    carried = cycle(CARRIED)
    known = [each for value in vars(ids).values() for each in _texts(value)]
    named = sorted({each for each in known if "." in each})
    view = {
        "id": "V1", "type": "modal", "hash": "1.x", "callback_id": "", "private_metadata": "dialogue-2",
        "state": _STATE, "blocks": [], "team_id": "T1",
    }  # fmt: skip
    for name in named:
        value = next(carried)
        action = {"action_id": name, "block_id": "b", "type": "button", "value": value}
        view["private_metadata"] = value
        click = {
            "type": "block_actions",
            "user": _USER,
            "team": {"id": "T1"},
            "trigger_id": "1.2.x",
            "actions": [action],
        }
        yield click | {"channel": {"id": "C1"}, "message": {"ts": "1.1", "user": "UBOT"}}
        yield click | {"view": view | {"callback_id": name}}
        yield {
            "type": "view_submission", "user": _USER, "team": {"id": "T1"}, "trigger_id": "1.2.x",
            "view": view | {"callback_id": name}, "response_urls": [],
        }  # fmt: skip
    profile = {
        "real_name": "Aino",
        "status_text": "Lomalla",
        "status_emoji": ":palm_tree:",
        "status_expiration": 1551500000,
    }
    user = _USER | {
        "tz": "Europe/Helsinki",
        "locale": "fi-FI",
        "profile": profile,
        "enterprise_user": {"teams": ["T1"]},
    }
    for event in (
        {"type": "app_home_opened", "user": "UAINO", "tab": "home", "channel": "D1"},
        {"type": "user_change", "user": user},
        {"type": "message", "user": "UAINO", "channel": "D1", "text": "hei", "message": {"user": "UAINO"}},
    ):
        yield {
            "type": "event_callback", "event_id": "E1", "team_id": "T1", "event": event, "is_ext_shared_channel": False,
            "authorizations": [{"team_id": "T1", "enterprise_id": None, "user_id": "UBOT", "is_bot": True}],
        }  # fmt: skip
    callback = {"callback_id": "c", "user": _USER, "team": {"id": "T1"}, "trigger_id": "1.2.x"}
    for kind in (
        "workflow_step_edit", "interactive_message", "dialog_submission", "dialog_cancellation", "view_closed",
        "block_suggestion", "dialog_suggestion", "shortcut", "message_action", "function_executed", "url_verification",
    ):  # fmt: skip
        yield {"type": kind, "view": view, "actions": [{"name": "x"}], "challenge": "x"} | callback
    yield {"ssl_check": "1", "token": "x"}


def _texts(value: object) -> Iterator[str]:
    """The ids of one kind of act."""
    if isinstance(value, dict):
        value = tuple(value.values())
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, str):
            yield each


def _change(payload: dict[str, Any], chance: random.Random) -> None:
    """Delete or replace one part, anywhere in the payload."""
    inner, key = chance.choice(list(_places(payload)) or [(payload, "empty")])
    if key in inner and isinstance(inner, dict) and chance.random() < 0.3:
        del inner[key]
    else:
        inner[key] = json.loads(json.dumps(chance.choice(ODD)))


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in the payload, with every key or index."""
    if isinstance(part, dict):
        keys: list[Any] = list(part)
    else:
        keys = list(range(len(part))) if isinstance(part, list) else []
    for key in keys:
        yield part, key
        yield from _places(part[key])


def _encoded(payload: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    if "command" in payload or "ssl_check" in payload:
        flat = {name: "" if value is None else str(value) for name, value in payload.items()}
        return urlencode(flat, errors="surrogatepass").encode(), FORM
    if payload.get("type") == "event_callback" or chance.random() < 0.2:
        return json.dumps(payload).encode(), JSON
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM


def _damaged(body: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def unsigned_requests(seed: int) -> Iterator[bytes]:
    """Whole unsigned requests, as bytes on the wire."""
    chance = random.Random(seed)
    junk = (
        b"",
        b"\xff\xfe",
        "ä".encode(),
        b"v0=",
        b"v0=" + b"\xc3" * 64,
        b"v0=" + b"0" * 64,
        b"x" * 4000,
        b"\x01",
    )
    encodings = (b"gzip", b"br", b"deflate", b"zstd", b"identity", b"\xff", b"gzip, gzip", b"x" * 300)
    body = b"command=%2Fkaiku&text=mine&user_id=UAINO&trigger_id=1"
    while True:
        stamp = chance.choice((b"1700000000", b"", b"\xb2", b"9" * 40, b"-1", b"1e9"))
        head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
        match chance.randrange(8):
            case 0:
                yield _post(head + b"Content-Encoding: %b\r\n" % chance.choice(encodings), body)
            case 1:
                signature = chance.choice(junk)
                yield _post(
                    head + b"X-Slack-Request-Timestamp: %b\r\nX-Slack-Signature: %b\r\n" % (stamp, signature),
                    body,
                )
            case 2:
                yield _post(head + b"Content-Encoding: gzip\r\n", gzip.compress(bytes(100_000)))
            case 3:
                yield b"GET /calendar/%b.ics\xff \x00 HTTP/9.9\r\n\r\n" % TOKEN.encode()
            case 4:
                path = chance.choice(
                    (
                        b"/calendar/%00.ics",
                        b"/calendar/x.ics?offering=%00%ff",
                        b"/timeline/%ff.png",
                        b"/%2e%2e/",
                    )
                )
                yield b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: %b\r\n\r\n" % (
                    path,
                    chance.choice(junk),
                )
            case 5:
                yield head + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n%b\r\n" % chance.choice(
                    (b"zz", b"-1", b"f" * 30)
                )
            case 6:
                yield head + b"Content-Length: %b\r\nConnection: close\r\n\r\n" % chance.choice(
                    (b"10485760", b"-1", b"x", b"9" * 30)
                )
            case _:
                yield chance.randbytes(chance.randint(1, 200)) + b"\r\n\r\n"


def _post(head: bytes, body: bytes) -> bytes:
    return head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
