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
    socket_mode: bool = typer.Option(False, "--socket-mode", help="opt.manifest_socket_mode"),
    token_rotation: bool = typer.Option(False, "--token-rotation", help="opt.manifest_token_rotation"),
    org_wide: bool = typer.Option(False, "--org-wide", help="opt.manifest_org_wide"),
    write: bool = typer.Option(False, "--write", help="opt.manifest_write"),
) -> None:
    """Print the app's manifest, to create the app from (see the README)."""
    if not re.fullmatch(r"https://[^/\s]+", url.rstrip("/")):
        raise typer.BadParameter(told("usage.no_url", example=EXAMPLE), param_hint="--url")
    text = _with_hint(MANIFEST.read_text(encoding="utf-8"))
    if write:
        MANIFEST.write_text(text, encoding="utf-8")
        return
    if channels:
        text = text.replace(BEFORE, CHANNEL_SCOPES + BEFORE, 1)
    if socket_mode:  # Slack wants no addresses then
        text = re.sub(rf" *(request_)?url: {re.escape(EXAMPLE)}.*\n", "", text)
        text = text.replace("socket_mode_enabled: false", "socket_mode_enabled: true")
    if token_rotation:
        text = text.replace("token_rotation_enabled: false", "token_rotation_enabled: true")
    if org_wide:
        text = text.replace("org_deploy_enabled: false", "org_deploy_enabled: true")
    typer.echo(text.replace(EXAMPLE, url.rstrip("/")), nl=False)


def _with_hint(text: str) -> str:
    """The manifest with the words of all commands in its hint."""
    import handlers  # noqa: F401 - importing it declares the commands
    from bot.domain.commands import usage_hint
    from handlers.commands import all_commands

    hint = usage_hint(all_commands())
    return re.sub(r"usage_hint: .*", lambda _: f'usage_hint: "{hint}"', text)
