"""Checks of Slack and of Kaiku's public address."""

import logging
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.cli.bot_token import newest_bot_token
from bot.cli.doctor.surroundings import CannotLookError, Surroundings
from bot.domain.doctor import Finding, Sign, judge_clock, judge_organisation, judge_scopes

_CODE = re.compile(r"[a-z_]+")
"""The form of Slack's error codes; slack_sdk puts a sentence there for an answer that it can't read."""

WORKSPACES_A_PAGE = 200

_QUIET = logging.getLogger(f"{__name__}.quiet")
_QUIET.disabled = True  # slack_sdk would log what becomes a finding


def look_at_slack(here: Surroundings) -> Iterator[Finding]:
    """Does Slack take the token, with which scopes, and what is the time there?"""
    if not here.settings.bot_token:
        raise CannotLookError
    client = _client(here, newest_bot_token(here.settings))
    answer = _ask(client.auth_test)
    if isinstance(answer, Finding):
        yield answer
        return
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.get("ok"):
        yield Finding(Sign.SLACK_FINE, {"team": str(answer.get("team", ""))})
    else:
        yield Finding(Sign.SLACK_REFUSES, {"reason": str(answer.get("error", ""))})
    yield judge_clock(here.now, _date(headers))
    if answer.get("ok"):
        granted = headers.get("x-oauth-scopes")
        scopes = yaml.safe_load(here.manifest.read_text(encoding="utf-8"))["oauth_config"]["scopes"]
        found = None if granted is None else {each.strip() for each in granted.split(",")}
        if answer.get("is_enterprise_install"):
            yield _look_at_organisation(client, here.settings.team_id)
        yield from judge_scopes(scopes["bot"], scopes.get("bot_optional", ()), found)


def _look_at_organisation(client: WebClient, team_id: str) -> Finding:
    """Which workspaces was Kaiku added to, and is the one it makes channels in among them?"""
    workspaces: dict[str, str] = {}
    cursor: str | None = ""
    while cursor is not None:
        answer = _ask(partial(client.auth_teams_list, limit=WORKSPACES_A_PAGE, cursor=cursor or None))
        if isinstance(answer, Finding):
            return answer
        teams: list[dict[str, Any]] = answer.get("teams") or []
        workspaces |= {str(each.get("id")): str(each.get("name")) for each in teams}
        following = (answer.get("response_metadata") or {}).get("next_cursor") or None
        cursor = following if following != cursor else None
    return judge_organisation(team_id, workspaces)


def look_at_socket(here: Surroundings) -> Iterator[Finding]:
    """Would Slack open a connection? None is opened."""
    token = here.settings.app_token
    if token is None:
        yield Finding(Sign.SOCKET_OFF)
        return
    answer = _ask(partial(_client(here, token).apps_connections_open, app_token=token))
    if isinstance(answer, Finding):
        yield answer
    elif answer.get("ok"):
        yield Finding(Sign.SOCKET_FINE)
    else:
        yield Finding(Sign.SOCKET_REFUSED, {"reason": str(answer.get("error", ""))})


def look_at_address(here: Surroundings) -> Iterator[Finding]:
    """Does Kaiku answer at its public address? The check of the settings reports a missing one."""
    if here.settings.public_url is None:
        return
    url = f"{here.settings.public_url}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=here.patience) as answer:  # noqa: S310 - checked by the settings
            answer.read(1)
        yield Finding(Sign.ADDRESS_FINE, {"url": url})
    except urllib.error.HTTPError as error:
        yield Finding(Sign.ADDRESS_WRONG, {"url": url, "status": str(error.code)})
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        yield Finding(Sign.ADDRESS_AWAY, {"url": url, "reason": str(reason) or type(reason).__name__})


def _client(here: Surroundings, token: str) -> WebClient:
    return WebClient(
        token=token,
        base_url=here.settings.api_url,
        timeout=max(1, int(here.patience)),
        retry_handlers=[],
        logger=_QUIET,
    )


def _ask(call: Callable[[], SlackResponse]) -> SlackResponse | Finding:
    """Slack's answer, also a refusal; a finding where the answer is not one of Slack's."""
    try:
        return call()
    except SlackApiError as error:
        answer: Any = error.response
        if isinstance(answer, SlackResponse) and _CODE.fullmatch(str(answer.get("error"))):
            return answer
        return Finding(Sign.SLACK_AWAY, {"reason": "no answer that can be read"})
    except (OSError, ValueError, TimeoutError) as error:
        reason = getattr(error, "reason", error)
        return Finding(Sign.SLACK_AWAY, {"reason": str(reason) or type(reason).__name__})


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        at = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
