"""A person at the workspace, for tests and scripts: types, clicks, fills in forms, reads."""

from dataclasses import dataclass
from typing import Any

from sandbox.app_link import AppLink
from sandbox.block_kit import elements_of
from sandbox.channel_acts import delete_message
from sandbox.errors import SlackError
from sandbox.forms import NotThereError, fill, problems, stateful_elements
from sandbox.outcome import Outcome
from sandbox.workspace import BOT_USER, Json


@dataclass(slots=True)
class Visitor:
    """Acts as one person through the same link as the page does. ``channel`` is where they type."""

    link: AppLink
    id: str
    channel: str = "CYLEINEN"

    # -- doing ------------------------------------------------------------------------------------------

    async def command(self, text: str, *, channel: str | None = None) -> Outcome:
        """Type a slash command, in my channel unless another is given. Raises SlackError."""
        return await self.link.command(self.id, channel or self.channel, text)

    async def say(
        self, text: str, *, channel: str | None = None, thread_ts: str | None = None, broadcast: bool = False
    ) -> Json:
        """Write an ordinary message, or a reply; to the app itself unless a channel is given."""
        where = channel or f"D{self.id[1:]}"
        return await self.link.post(self.id, where, text, thread_ts=thread_ts, broadcast=broadcast)

    async def delete(self, ts: str, *, channel: str | None = None) -> None:
        """Take a message away, the app's too: everybody here is an administrator. Raises SlackError."""
        delete_message(self.link.workspace, self.id, channel or self.channel, ts)

    async def click(self, action_id: str, value: str | None = None, *, on: Json | None = None) -> Outcome:
        """Click the button with this action_id (and value) on ``on``: a view or message of mine; by default
        the newest thing I see that has it: the top modal, else messages from the last back, else App Home.
        ``on`` may be older than what is there now, as a screen left open is. Raises NotThereError.
        """
        surface, block_id, element = self._find(action_id, value, on)
        return await self.link.act(self.id, _container(surface), block_id, action_id, seen=element)

    async def choose(self, action_id: str, chosen: Any, *, on: Json | None = None) -> Outcome:  # noqa: ANN401
        """Choose in a select, menu, picker or set of boxes outside of an input block, or in one that tells
        the app at once. ``chosen`` as in ``submit``. Raises NotThereError, SlackError."""
        surface, block_id, element = self._find(action_id, None, on, offering=chosen)
        container = _container(surface)
        chosen = await self._looked_up(container, block_id, element, chosen)
        return await self.link.act(self.id, container, block_id, action_id, chosen, seen=element)

    async def submit(self, fields: Json | None = None, **more: Any) -> Outcome:  # noqa: ANN401
        """Submit my top modal with these fields filled in, by block_id or action_id; the others keep what
        they show. A value is a text, an option's value, a date, an id, or a list: see ``forms.fill``.

        As in Slack nothing is sent while a field is wrong or missing: then ``errors`` says so and ``acked``
        is False. Raises NotThereError for a field or an option that is not there.
        """
        view, given = self.modal, {**(fields or {}), **more}
        for block, element in stateful_elements(view["blocks"]):
            for name in {block["block_id"], element["action_id"]} & given.keys():
                given[name] = await self._looked_up(_container(view), block["block_id"], element, given[name])
        state = fill(view, given)
        if wrong := problems(view, state):
            return Outcome(error="form_incomplete", detail=str(wrong), errors=wrong, view=view)
        return await self.link.submit(self.id, view["id"], state)

    async def close(self, *, clear: bool = False) -> Outcome:
        """Close my top modal, or all of them."""
        return await self.link.close(self.id, self.modal["id"], clear=clear)

    async def open_home(self) -> Outcome:
        return await self.link.open_home(self.id)

    async def options(self, action_id: str, typed: str = "", *, on: Json | None = None) -> list[Json]:
        """What an external select offers for what I typed, groups flattened."""
        surface, block_id, _ = self._find(action_id, None, on)
        found = await self.link.options(self.id, _container(surface), block_id, action_id, typed)
        groups = found.get("option_groups") or [{"options": found.get("options", [])}]
        return [option for group in groups for option in group["options"]]

    # -- seeing -----------------------------------------------------------------------------------------

    @property
    def modal(self) -> Json:
        """My top modal. Raises NotThereError when none is open."""
        if not self.modals:
            raise NotThereError("no modal is open")
        return self.modals[-1]

    @property
    def modals(self) -> list[Json]:
        """My stack of modals, the top one last."""
        return self.link.workspace.views[self.id]

    @property
    def home(self) -> Json | None:
        found: Json | None = self.link.workspace.data["homes"].get(self.id)
        return found

    @property
    def direct_messages(self) -> list[Json]:
        """What the app sent to me alone."""
        return [each for each in self.messages(f"D{self.id[1:]}") if each["user"] == BOT_USER]

    def messages(self, channel: str | None = None) -> list[Json]:
        """What I see in a channel (mine by default), ephemeral messages to me included."""
        return self.link.workspace.messages_for(self.id, channel or self.channel)

    def has_button(self, action_id: str, value: str | None = None, *, on: Json | None = None) -> bool:
        """Whether I see something to click with this action_id (and value)."""
        try:
            self._find(action_id, value, on)
        except NotThereError:
            return False
        return True

    def _find(
        self,
        action_id: str,
        value: str | None,
        on: Json | None,
        *,
        offering: Any = None,  # noqa: ANN401
    ) -> tuple[Json, str, Json]:
        """The first element with this action_id (and value); the first that offers ``offering``, if any does:
        many messages or lines have the same menu, each with options of its own."""
        found = None
        for surface in [self._mine(on)] if on is not None else self._surfaces():
            for block in surface["blocks"]:
                for _, element in elements_of(block):
                    if element.get("action_id") != action_id or value not in {None, element.get("value")}:
                        continue
                    found = found or (surface, block["block_id"], element)
                    if any(each["value"] == offering for each in element.get("options", ())):
                        return surface, block["block_id"], element
        if found is not None:
            return found
        raise NotThereError(f"nothing to click: {action_id} {value or ''}")

    def _surfaces(self) -> list[Json]:
        if self.modals:
            return [self.modals[-1]]
        return self._all_messages() + ([self.home] if self.home else [])

    def _all_messages(self) -> list[Json]:
        """Everything I see, the newest first; each says where it is."""
        workspace = self.link.workspace
        messages = [
            {**message, "channel": channel["id"]}
            for channel in workspace.channels_of(self.id)
            for message in workspace.messages_for(self.id, channel["id"])
        ]
        return sorted(messages, key=lambda message: str(message["ts"]), reverse=True)

    def _mine(self, surface: Json) -> Json:
        """The surface; a message with its channel, which messages themselves don't say."""
        if "ts" not in surface or "channel" in surface:
            return surface
        for message in self._all_messages():
            if message["ts"] == surface["ts"]:
                return message
        raise NotThereError("this message is not on my screen")

    async def _looked_up(self, container: Json, block_id: str, element: Json, chosen: Any) -> Any:  # noqa: ANN401
        """For an external select: the app's own options, found by typing what I want to choose."""
        if not element["type"].endswith("external_select") or chosen is None:
            return chosen
        found = [
            each if isinstance(each, dict) else await self._offered(container, block_id, element, str(each))
            for each in (chosen if isinstance(chosen, list) else [chosen])
        ]
        return found if isinstance(chosen, list) else found[0]

    async def _offered(self, container: Json, block_id: str, element: Json, wanted: str) -> Json:
        found = await self.link.options(self.id, container, block_id, element["action_id"], wanted)
        for group in found.get("option_groups") or [{"options": found.get("options", [])}]:
            for option in group["options"]:
                if wanted in (option["value"], option["text"]["text"]):
                    offered: Json = option
                    return offered
        raise NotThereError(f"{element['action_id']} does not offer {wanted}")


def _container(surface: Json) -> Json:
    if "ts" in surface:
        return {"type": "message", "channel": surface["channel"], "ts": surface["ts"]}
    return {"type": "view", "view_id": surface["id"]}


def text_of(surface: Json | None) -> str:
    """Every word on a view or message, for tests that look for some."""
    words: list[str] = []

    def walk(node: Any) -> None:  # noqa: ANN401 - any JSON
        if isinstance(node, dict):
            for name, child in node.items():
                if name == "text" and isinstance(child, str):
                    words.append(child)
                else:
                    walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(
        {} if surface is None else {k: surface.get(k) for k in ("title", "blocks", "text", "submit", "close")}
    )
    return "\n".join(words)


__all__ = ["NotThereError", "SlackError", "Visitor", "fill", "text_of"]
