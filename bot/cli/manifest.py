"""``kaiku manifest``: the Slack app's manifest, with one's own address and the words of all commands."""

import re
from pathlib import Path

import typer

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
BEFORE = "      - im:history"
CHANNEL_SCOPES = (
    "      - groups:read   # who is in a group's own channel\n"
    "      - groups:write  # makes that channel, adds whoever has a seat and removes whom it added\n"
)
EXAMPLE = "https://kaiku.example.fi"


def print_manifest(
    url: str = typer.Option(
        EXAMPLE, envvar="KAIKU_PUBLIC_URL", help="Where Slack reaches Kaiku: https://..., without a path."
    ),
    channels: bool = typer.Option(
        False, "--channels", help="With the scopes for groups' own channels (KAIKU_CHANNELS=on)."
    ),
) -> None:
    """Print the app's manifest, to create the app from (see the README)."""
    import handlers  # noqa: F401 - importing it declares the commands
    from bot.domain.commands import usage_hint
    from handlers.commands import all_commands

    if not re.fullmatch(r"https://[^/\s]+", url.rstrip("/")):
        raise typer.BadParameter("write https:// and the host, such as https://kaiku.example.fi")
    text = MANIFEST.read_text(encoding="utf-8").replace(EXAMPLE, url.rstrip("/"))
    if channels:
        text = text.replace(BEFORE, CHANNEL_SCOPES + BEFORE, 1)
    hint = usage_hint(all_commands())
    typer.echo(re.sub(r"usage_hint: .*", lambda _: f'usage_hint: "{hint}"', text), nl=False)
