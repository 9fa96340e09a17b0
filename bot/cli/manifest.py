"""``kaiku manifest``: the Slack app's manifest, with one's own address and the words of all commands."""

import re
from pathlib import Path

import typer

from bot.cli.spoken import told

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
BEFORE = "      - im:history"
CHANNEL_SCOPES = (
    "      - groups:read   # who is in a group's own channel\n"
    "      - groups:write  # makes that channel, adds whoever has a seat and removes whom it added\n"
)
EXAMPLE = "https://kaiku.example.fi"


def print_manifest(
    url: str = typer.Option(EXAMPLE, envvar="KAIKU_PUBLIC_URL", help="opt.manifest_url"),
    channels: bool = typer.Option(False, "--channels", help="opt.manifest_channels"),
) -> None:
    """Print the app's manifest, to create the app from (see the README)."""
    import handlers  # noqa: F401 - importing it declares the commands
    from bot.domain.commands import usage_hint
    from handlers.commands import all_commands

    if not re.fullmatch(r"https://[^/\s]+", url.rstrip("/")):
        raise typer.BadParameter(told("usage.no_url", example=EXAMPLE), param_hint="--url")
    text = MANIFEST.read_text(encoding="utf-8").replace(EXAMPLE, url.rstrip("/"))
    if channels:
        text = text.replace(BEFORE, CHANNEL_SCOPES + BEFORE, 1)
    hint = usage_hint(all_commands())
    typer.echo(re.sub(r"usage_hint: .*", lambda _: f'usage_hint: "{hint}"', text), nl=False)
