"""A person at the workspace, for tests and scripts: types, clicks, fills in forms, reads."""

from dataclasses import dataclass
from typing import Any

from sandbox.app_link import AppLink, Outcome
from sandbox.views import initial_state, state_key, stateful_elements
from sandbox.workspace import BOT_USER, Json, SlackError


class NotThereError(LookupError):
    """The person looked for something that is not on their screen."""


@dataclass(slots=True)
class Visitor:
    """Acts as one person through the same link as the page does."""

    link: AppLink
    id: str
    channel: str = "CYLEINEN"

    # -- doing ------------------------------------------------------------------------------------------

    async def command(self, text: str) -> Outcome:
        return await self.link.command(self.id, self.channel, text)

    async def click(self, action_id: str, value: str | None = None, *, on: Json | None = None) -> Outcome:
        """Click the button with this action_id (and value) on ``on``: a view or message of mine; by default
        the newest thing I see that has it: the top modal, else App Home and messages from the last back."""
        for surface in [on] if on is not None else self._surfaces():
            for block in surface["blocks"]:
                for element in _elements(block):
                    if element.get("action_id") == action_id and value in {None, element.get("value")}:
                        return await self._act(surface, block["block_id"], element)
        raise NotThereError(f"no button {action_id} {value or ''}")

    async def submit(self, **fields: Any) -> Outcome:  # noqa: ANN401 - text, an option's value, or a list
        """Submit my top modal with these fields filled in, by block_id or action_id; the others keep what
        they show. Raises NotThereError for a field or an option that is not there."""
        view = self.modal
        state = fill(view, fields)
        return await self.link.submit(self.id, view["id"], state)

    async def close(self) -> Outcome:
        return await self.link.close(self.id, self.modal["id"], clear=False)

    async def open_home(self) -> Outcome:
        return await self.link.open_home(self.id)

    # -- seeing -----------------------------------------------------------------------------------------

    @property
    def modal(self) -> Json:
        """My top modal. Raises NotThereError when none is open."""
        stack = self.link.workspace.views[self.id]
        if not stack:
            raise NotThereError("no modal is open")
        return stack[-1]

    @property
    def home(self) -> Json | None:
        found: Json | None = self.link.workspace.data["homes"].get(self.id)
        return found

    @property
    def direct_messages(self) -> list[Json]:
        """What the app sent to me alone."""
        channel = f"D{self.id[1:]}"
        return [m for m in self.link.workspace.messages_for(self.id, channel) if m["user"] == BOT_USER]

    def _surfaces(self) -> list[Json]:
        workspace = self.link.workspace
        if workspace.views[self.id]:
            return [workspace.views[self.id][-1]]
        messages = [
            {**message, "channel": channel["id"]}
            for channel in workspace.channels_of(self.id)
            for message in workspace.messages_for(self.id, channel["id"])
        ]
        messages.sort(key=lambda message: str(message["ts"]), reverse=True)
        return messages + ([self.home] if self.home else [])

    async def _act(self, surface: Json, block_id: str, element: Json) -> Outcome:
        action: Json = {
            name: element[name] for name in ("type", "action_id", "value", "text") if name in element
        }
        if "ts" in surface:
            container = {"type": "message", "channel": surface["channel"], "ts": surface["ts"]}
        else:
            container = {"type": "view", "view_id": surface["id"]}
        return await self.link.action(self.id, container, block_id, action, {})


def fill(view: Json, fields: dict[str, Any]) -> Json:
    """``state.values`` of a form in which these fields were filled in."""
    state = initial_state(view["blocks"])
    left = dict(fields)
    for block_id, element in stateful_elements(view["blocks"]):
        for name in (block_id, element["action_id"]):
            if name in left:
                key = state_key(element["type"])
                assert key is not None
                state[block_id][element["action_id"]][key] = _chosen(element, key, left.pop(name))
    if left:
        raise NotThereError(f"no field {', '.join(left)}")
    return state


def _chosen(element: Json, key: str, value: Any) -> Any:  # noqa: ANN401 - depends on the element
    if key == "selected_option":
        return None if value is None else _option(element, value)
    if key == "selected_options":
        return [_option(element, each) for each in value]
    return value


def _option(element: Json, value: str) -> Json:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    for group in groups:
        for option in group["options"]:
            if option["value"] == value:
                found: Json = option
                return found
    raise NotThereError(f"no option {value} in {element['action_id']}")


def _elements(block: Json) -> list[Json]:
    found = list(block.get("elements", [])) if block["type"] == "actions" else []
    if "accessory" in block:
        found.append(block["accessory"])
    return found


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
