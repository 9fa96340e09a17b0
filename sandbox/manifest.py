"""The app's manifest as the workspace needs it: who the bot is, what it may call, what it listens to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


def load_yaml(path: Path) -> dict[str, Any]:
    """By PyYAML's fast loader where it was built with libyaml: many tests load a workspace."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506  # both are safe
    return content


@dataclass(frozen=True, slots=True)
class SlashCommand:
    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``manifest.yml`` says, read once."""

    bot_name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[SlashCommand, ...]
    interactive: bool
    home_tab: bool

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Read a manifest in YAML or JSON. Raises OSError, yaml.YAMLError or KeyError."""
        raw: dict[str, Any] = load_yaml(path)
        features, settings = raw.get("features", {}), raw.get("settings", {})
        return cls(
            bot_name=features.get("bot_user", {}).get("display_name", raw["display_information"]["name"]),
            scopes=frozenset(raw.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            commands=tuple(
                SlashCommand(
                    command=command["command"],
                    description=command.get("description", ""),
                    usage_hint=command.get("usage_hint", ""),
                    should_escape=bool(command.get("should_escape", False)),
                )
                for command in features.get("slash_commands", ())
            ),
            interactive=bool(settings.get("interactivity", {}).get("is_enabled", False)),
            home_tab=bool(features.get("app_home", {}).get("home_tab_enabled", False)),
        )
