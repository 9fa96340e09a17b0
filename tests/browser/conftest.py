"""A real browser (Debian's chromium, headless) beside a running Kaiku."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.conftest import ROOT, FakeClock
from tests.support.running import Running, running_kaiku

SCREENSHOTS = ROOT / ".artifacts" / "screenshots"
IMAGES = ROOT / "docs" / "images"
OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    """The journeys run on SQLite; the suite has shown that both databases behave alike."""
    path = tmp_path / "kaiku.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest_asyncio.fixture(loop_scope="session")
async def kaiku(planned_url: str, clock: FakeClock) -> AsyncIterator[Running]:
    """In the loop that the browser is driven from."""
    async with running_kaiku(planned_url, clock) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, kaiku: Running) -> AsyncIterator[OpenPage]:
    """Open the workspace as somebody; a script error on the page fails the test."""
    errors: list[str] = []

    async def open_as(user_id: str, *, width: int = 1280, height: int = 900) -> Page:
        page = await browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(f"{kaiku.server.url}/?as={user_id}")
        await page.get_by_test_id("composer").wait_for()
        return page

    yield open_as
    assert not errors, errors


async def keep(page: Page, name: str) -> None:
    """A screenshot for people to look at; the ones docs show are renewed with KAIKU_UPDATE_IMAGES=1."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")
    if os.environ.get("KAIKU_UPDATE_IMAGES") and (IMAGES / f"{name}.png").exists():
        await page.screenshot(path=IMAGES / f"{name}.png")
