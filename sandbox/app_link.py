"""What people do with the app: commands, clicks, submissions; and the events that Slack sends by itself."""

import json
from dataclasses import dataclass, field

from sandbox import messages, payloads
from sandbox.acks import after_submission, refused_into, show_answer
from sandbox.app_client import Answer, AppClient
from sandbox.block_kit import check_options
from sandbox.errors import SlackError, refuse
from sandbox.events import Events
from sandbox.forms import NotThereError, carried_state, find_element, value_of
from sandbox.outcome import Outcome
from sandbox.views import close_view, find_view, view_of
from sandbox.workspace import Json, Workspace


@dataclass(slots=True)
class AppLink:
    """The way from this workspace to the app at ``app.app_url``.

    It sends whatever it is told to: also late clicks, forged forms and commands of deactivated people, which
    an app must withstand. ``may_write`` refuses what a person at the page could not do.
    """

    workspace: Workspace
    app: AppClient
    base_url: str = ""
    events: Events = field(init=False)

    def __post_init__(self) -> None:
        self.events = Events(self.workspace, self.app)

    @property
    def app_url(self) -> str:
        return self.app.app_url

    @app_url.setter
    def app_url(self, url: str) -> None:
        self.app.app_url = url

    @property
    def ack_seconds(self) -> float:
        """How long the app has to answer; Slack's 3 s."""
        return self.app.ack_seconds

    @ack_seconds.setter
    def ack_seconds(self, seconds: float) -> None:
        self.app.ack_seconds = seconds

    async def stop(self) -> None:
        await self.events.stop()
        await self.app.close()

    async def settled(self) -> None:
        """Wait until every event sent so far was answered; not for retries that are due later."""
        await self.events.settled()

    def may_write(self, user: str, channel_id: str) -> None:
        """Raises SlackError unless this person could type there."""
        if self.workspace.person(user)["deleted"]:
            raise SlackError("user_disabled")
        channel = self._conversation(user, channel_id)
        if user not in channel["members"]:
            raise SlackError("not_in_channel")
        if channel["is_archived"]:
            raise SlackError("is_archived")

    # -- what people do -------------------------------------------------------------------------------

    async def command(
        self, user: str, channel_id: str, text: str, *, thread_ts: str | None = None
    ) -> Outcome:
        """Type a slash command. Raises SlackError unknown_command for one that no app has, not_in_threads
        where Slack's own client says so, and for people and channels that don't exist."""
        workspace = self.workspace
        if thread_ts is not None:
            raise SlackError("not_in_threads", detail="slash commands don't work in threads")
        channel = self._conversation(user, channel_id)
        word, _, rest = text.strip().partition(" ")
        known = next((command for command in workspace.manifest.commands if command.command == word), None)
        if known is None:
            raise SlackError("unknown_command")
        rest = payloads.escaped(workspace, rest.strip()) if known.should_escape else rest.strip()
        form = payloads.command_form(workspace, user, channel, word, rest)
        form["response_url"] = self._response_url(user, channel_id, None)
        answer = await self.app.post_form(form, text.strip())
        outcome = self._seen(answer, user)
        if outcome.acked:
            with refused_into(outcome, workspace, word):
                outcome.message = show_answer(workspace, answer, user, channel_id)
        return outcome

    async def post(
        self, user: str, channel_id: str, text: str, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> Json:
        """Write an ordinary message, or a reply; ``@name`` mentions. The app hears of it if it subscribed to
        that. Raises SlackError.
        """
        channel = self._conversation(user, channel_id)
        if not text.strip():
            raise SlackError("no_text")
        kept = payloads.escaped(self.workspace, text, named=False)
        return messages.post(self.workspace, channel, user, kept, thread_ts=thread_ts, broadcast=broadcast)

    async def act(
        self, user: str, container: Json, block_id: str, action_id: str,
        chosen: object = None, state: Json | None = None, *, seen: Json | None = None,
    ) -> Outcome:  # fmt: skip
        """Click or choose. ``chosen`` is what a person would name (see ``forms.fill``), nothing for a button;
        ``state`` is what else the surface holds now; ``seen`` the element as the person saw it, where their
        screen may be behind. Raises SlackError for what is not there."""
        surface, _ = self._surface(user, container)
        element = seen or _element(surface, block_id, action_id)
        value: Json = {}
        if element["type"] == "overflow":
            value = {"selected_option": _chosen_option(element, chosen)}
        elif element["type"] == "feedback_buttons":
            value = {"value": _chosen_feedback(element, chosen)}
        elif element["type"] not in {"button", "workflow_button", "icon_button"}:
            value = _value(element, chosen)
        values = carried_state(surface["blocks"], surface.get("state", {}).get("values", {})) | (state or {})
        if value and element["type"] not in {"overflow", "feedback_buttons"}:
            values = values | {block_id: values.get(block_id, {}) | {action_id: value}}
        return await self.action(user, container, block_id, element | value, values)

    async def action(self, user: str, container: Json, block_id: str, action: Json, values: Json) -> Outcome:
        """Send an element as it was acted on, whether or not it is there; ``values`` is the surface's state.

        Raises SlackError for a message or view that is not there.
        """
        surface, where = self._surface(user, container)
        payload = payloads.interaction(self.workspace, "block_actions", user)
        payload["actions"] = [payloads.action(self.workspace, block_id, action)]
        if "ts" in surface:
            payload |= where | {"state": {"values": values}}
            payload["response_url"] = self._response_url(user, container["channel"], surface["ts"])
        else:
            surface["state"] = {"values": values}
            payload |= payloads.on_view(surface)
        return self._seen(await self.app.post_payload(payload), user)

    async def options(self, user: str, container: Json, block_id: str, action_id: str, typed: str) -> Json:
        """An external select's options for what was typed. Raises SlackError."""
        surface, where = self._surface(user, container)
        element = _element(surface, block_id, action_id)
        if not element["type"].endswith("external_select"):
            raise SlackError("not_external")
        payload = payloads.interaction(self.workspace, "block_suggestion", user) | where
        payload |= {"block_id": block_id, "action_id": action_id, "value": typed}
        answer = await self.app.post_payload(payload)
        if answer.error is not None:
            raise SlackError(answer.error)
        outcome = Outcome()
        found: Json = {}
        with refused_into(outcome, self.workspace, "block_suggestion"):
            try:
                found = json.loads(answer.body or "null")
            except ValueError:
                raise SlackError("invalid_json") from None
            refuse(check_options(found), "invalid_options")
        if outcome.error is not None:
            raise SlackError(outcome.error, detail=outcome.detail)
        return found

    async def submit(self, user: str, view_id: str, state: Json) -> Outcome:
        """Submit a modal with ``state.values``. Its answer may correct, replace, push or close.

        Raises SlackError not_found when this person has no such modal.
        """
        view = self._modal(user, view_id)
        view["state"] = {"values": state}
        payload = payloads.interaction(self.workspace, "view_submission", user)
        payload |= {"view": payloads.on_view(view)["view"], "response_urls": self._response_urls(user, view)}
        answer = await self.app.post_payload(payload)
        outcome = self._seen(answer, user)
        if outcome.acked:
            with refused_into(outcome, self.workspace, "view_submission"):
                outcome.errors = after_submission(self.workspace, answer, user, view)
        outcome.view = self._top(user)
        return outcome

    async def close(self, user: str, view_id: str, *, clear: bool) -> Outcome:
        """Close a modal, or the whole stack; the app is told if it asked for that. Raises SlackError."""
        view = self._modal(user, view_id)
        clear = clear or bool(view["clear_on_close"])
        close_view(self.workspace, user, view, clear=clear)
        if not view["notify_on_close"]:
            return Outcome(acked=True, view=self._top(user))
        payload = payloads.interaction(self.workspace, "view_closed", user)
        del payload["trigger_id"]  # closing opens nothing
        payload |= {"view": payloads.on_view(view)["view"], "is_cleared": clear}
        return self._seen(await self.app.post_payload(payload), user)

    async def open_home(self, user: str) -> Outcome:
        """Open the app's Home tab: the app is told by an event, which the person doesn't see fail.

        Raises SlackError.
        """
        channel = self.workspace.direct_channel(user)
        home = self.workspace.data["homes"].get(user)
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel["id"], "tab": "home"}
        task = self.events.send(
            "app_home_opened", event | ({"view": payloads.on_view(home)["view"]} if home else {})
        )
        answer = await task if task is not None else None
        if answer is None:
            return Outcome(detail="the app is not told: see the manifest's events, and the log")
        return Outcome(acked=answer.error is None, status=answer.status, ms=answer.ms, view=self._top(user))

    # -- events -----------------------------------------------------------------------------------------

    def person_changed(self, user: str) -> None:
        """Tell the app that a person's profile changed."""
        self._tell_of("user_change", user)

    def person_joined(self, user: str) -> None:
        """Tell the app that a person is new in the workspace."""
        self._tell_of("team_join", user)

    def _tell_of(self, kind: str, user: str) -> None:
        shown = self.workspace.user_object(user, with_locale=True)
        cache_ts = int(self.workspace.clock.now().timestamp())
        self.workspace.happened(kind, {"type": kind, "user": shown, "cache_ts": cache_ts})

    # -- inside -----------------------------------------------------------------------------------------

    def _conversation(self, user: str, channel_id: str) -> Json:
        """A channel, or this person's direct message with the app, which is opened if need be."""
        self.workspace.person(user)
        if channel_id == f"D{user[1:]}":
            return self.workspace.direct_channel(user)
        return self.workspace.channel(channel_id)

    def _surface(self, user: str, container: Json) -> tuple[Json, Json]:
        """The message or view that this person acts on, and how the app is told where that is."""
        if container["type"] != "message":
            view = view_of(self.workspace, user, container["view_id"])
            return view, payloads.on_view(view)
        channel = self.workspace.channel(container["channel"])
        message = self.workspace.message(channel["id"], container["ts"])
        if user not in channel["members"] or message["ephemeral_to"] not in {None, user}:
            raise SlackError("message_not_found")
        return message, payloads.on_message(channel, message)

    def _modal(self, user: str, view_id: str) -> Json:
        owner, view = find_view(self.workspace, view_id, None)
        if owner != user:
            raise SlackError("not_found")
        return view

    def _seen(self, answer: Answer, user: str) -> Outcome:
        acked = answer.error is None
        return Outcome(acked, answer.status, answer.ms, error=answer.error, view=self._top(user))

    def _top(self, user: str) -> Json | None:
        stack = self.workspace.views[user]
        return stack[-1] if stack else None

    def _response_url(self, user: str, channel_id: str, message_ts: str | None) -> str:
        secret = self.workspace.new_response_address(user, channel_id, message_ts)
        return f"{self.base_url}/response/{secret}"

    def _response_urls(self, user: str, view: Json) -> list[Json]:
        """A response address for each chosen conversation, where the app asked for it."""
        urls = []
        for block in view["blocks"]:
            element = block.get("element", {})
            if not element.get("response_url_enabled"):
                continue
            value = view["state"]["values"].get(block["block_id"], {}).get(element["action_id"], {})
            channel_id = value.get("selected_conversation") or value.get("selected_channel")
            if channel_id:
                urls.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel_id,
                        "response_url": self._response_url(user, channel_id, None),
                    }
                )
        return urls


def _element(surface: Json, block_id: str, action_id: str) -> Json:
    try:
        return find_element(surface["blocks"], block_id, action_id)
    except NotThereError as error:
        raise SlackError("element_not_found", detail=str(error)) from None


def _value(element: Json, chosen: object) -> Json:
    try:
        return value_of(element, chosen)
    except NotThereError as error:
        raise SlackError("option_not_found", detail=str(error)) from None


def _chosen_option(element: Json, chosen: object) -> Json:
    for option in element["options"]:
        if chosen in (option, option["value"]):
            found: Json = option
            return found
    raise SlackError("option_not_found", detail=str(chosen))


def _chosen_feedback(element: Json, chosen: object) -> str:
    for name in ("positive_button", "negative_button"):
        value: str = element[name]["value"]
        if value == chosen:
            return value
    raise SlackError("option_not_found", detail=str(chosen))


__all__ = ["AppLink", "Outcome"]
