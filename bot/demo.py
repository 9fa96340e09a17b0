"""The demo: Kaiku and the local workspace in one process, in a simulated February of 2019."""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.app import App
from bot.config import Settings
from bot.process import run_until_stopped
from bot.services.people.agency_book import read_agencies
from bot.services.plan.file import parse_plan, read_file
from bot.services.plan.versions import Winners, apply_file
from bot.services.reflections.vault import new_secret
from sandbox import MovableClock, Workspace, WorkspaceServer, saved_now
from storage.engine import Store, parse_database_url
from storage.migrate import upgrade

ROOT = Path(__file__).parent.parent
START = datetime(2019, 2, 11, 8, 0, tzinfo=UTC)
"""Monday 11 February 2019 at 10:00 in Helsinki: sign-up to the spring's first groups is open."""


async def run_demo(folder: Path, *, port: int, reset: bool) -> None:
    """Serve the demo until it is stopped. Its state is kept in ``folder``, which ``reset`` empties. Raises
    bot.app.StartError, OSError."""
    _prepare_folder(folder, reset=reset)
    state, database = folder / "workspace.json", f"sqlite:///{folder / 'kaiku.db'}"
    clock = MovableClock(saved_now(state) or START)
    workspace = Workspace.load(
        manifest=ROOT / "manifest.yml", people=ROOT / "sandbox/people.yml", clock=clock, state=state
    )
    server = WorkspaceServer(workspace, port=port)
    await server.start()
    try:
        _prepare_database(database, clock.now())
        settings = demo_settings(server, database, demo_secret(folder))
        app = App(settings, clock, book=read_agencies())
        clock.on_move.append(app.sender.wake)
        app.on_started = lambda: _announce(server, app)
        await run_until_stopped(app)
    finally:
        await server.stop()


def demo_now(folder: Path) -> datetime:
    """The demo's current time, as it was last saved."""
    return saved_now(folder / "workspace.json") or START


def demo_secret(folder: Path) -> str:
    """The demo's own key for reflections, created the first time."""
    path = folder / "secret.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(new_secret(), encoding="ascii")
    return path.read_text(encoding="ascii")


def demo_settings(server: WorkspaceServer, database: str, secret: str = "") -> Settings:
    """Settings for a Kaiku that talks to this workspace, whatever the environment says."""
    return Settings.model_validate(
        {
            "SLACK_BOT_TOKEN": server.workspace.bot_token,
            "SLACK_SIGNING_SECRET": server.workspace.signing_secret,
            "SLACK_API_URL": server.api_url,
            "KAIKU_DATABASE_URL": database,
            "KAIKU_PORT": 0,
            "KAIKU_SECRET_KEY": secret,
            "KAIKU_COORDINATORS": ("UKOORD",),
        }
    )


def _prepare_folder(folder: Path, *, reset: bool) -> None:
    if reset and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(exist_ok=True)


def _prepare_database(address: str, now: datetime) -> None:
    """Bring the tables up to date, and apply the shipped plan to a new database. A plan that was applied
    later stays."""
    url = parse_database_url(address)
    is_new = not os.path.exists(str(url.database))
    upgrade(url)
    if is_new:
        store = Store(url)
        with store.transaction() as tx:
            raw = read_file(ROOT / "programmes/2019.yml")
            plan = parse_plan(raw, read_agencies())
            apply_file(tx, raw.decode(), plan, now, winners=Winners(), made_by=None)
        store.close()


def _announce(server: WorkspaceServer, app: App) -> None:
    app.public_url = f"http://127.0.0.1:{app.port}"
    server.link.app_url = f"{app.public_url}/slack/events"
    sys.stdout.write(f"\nKaiku demo: open {server.url} and type /kaiku join. Stop with Ctrl+C.\n\n")
    sys.stdout.flush()
