"""``python -m sandbox``: the workspace alone, for any Bolt app."""

import argparse
import asyncio
import signal
import sys
from datetime import datetime
from pathlib import Path

import yaml

from sandbox import MovableClock, Workspace, WorkspaceServer
from sandbox.workspace import BOT_TOKEN, SIGNING_SECRET


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A Slack workspace on this machine, for any Bolt app."
    )
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--app", metavar="URL", default="", help="where the app takes Slack's requests")
    way.add_argument("--socket-mode", action="store_true", help="the app connects by Socket Mode")
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest")
    parser.add_argument("--people", type=Path, default=Path(__file__).parent / "people.yml")
    parser.add_argument("--port", type=int, default=3100)
    parser.add_argument("--state", type=Path, help="keep the workspace in this file")
    parser.add_argument(
        "--start", type=datetime.fromisoformat, help="simulated time, such as 2019-02-11T10:00+02:00"
    )
    parser.add_argument("--bot-token", default=BOT_TOKEN, help="the token that the app must send")
    parser.add_argument(
        "--signing-secret", default=SIGNING_SECRET, help="what requests to the app are signed by"
    )
    parser.add_argument("--limits", action="store_true", help="pace calls as Slack paces them")
    parser.add_argument(
        "--commercial", action="store_true", help="an app sold outside Slack's Marketplace: short histories"
    )
    parser.add_argument(
        "--org-wide", action="store_true", help="the app is installed for a whole Enterprise organisation"
    )
    options = parser.parse_args()
    try:
        workspace = Workspace.load(
            manifest=options.manifest,
            people=options.people,
            clock=MovableClock(options.start),
            state=options.state,
            bot_token=options.bot_token,
            signing_secret=options.signing_secret,
            limits=options.limits,
            is_commercial=options.commercial,
            is_org_wide=options.org_wide,
        )
        asyncio.run(_serve(workspace, options.app, options.port))
    except (OSError, ValueError, KeyError, yaml.YAMLError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    return 0


async def _serve(workspace: Workspace, app_url: str, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stopped.set)
    server = WorkspaceServer(workspace, app_url, port=port)
    await server.start()
    sys.stdout.write(
        f"Workspace: {server.url}\n"
        "Start the app with:\n"
        f"  SLACK_API_URL={server.api_url}\n"
        f"  SLACK_BOT_TOKEN={workspace.bot_token}\n"
        + (
            f"  SLACK_SIGNING_SECRET={workspace.signing_secret}\n"
            if app_url
            else f"  SLACK_APP_TOKEN={workspace.app_token}\n"
        )
    )
    sys.stdout.flush()
    await stopped.wait()
    await server.stop()


if __name__ == "__main__":
    sys.exit(main())
