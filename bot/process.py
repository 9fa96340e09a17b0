"""The process of a running Kaiku: signals, the garbage collector, the switching of threads."""

import asyncio
import gc
import signal
import sys

from bot.app import App

SWITCH_SECONDS = 0.0005


async def run_until_stopped(app: App) -> None:
    """Start, serve until SIGTERM or SIGINT, stop in order. Raises StartError."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    if not await _start(app, stopped):
        return
    # What is loaded now is never garbage, and neither are requests while they are answered:
    # collecting either would delay answers.
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)
    gc.enable()
    # How long a database thread waits, after each statement, for a busy event loop to release the GIL: with
    # Python's own 5 ms a batch of a hundred joins took a second.
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        await stopped.wait()
    finally:
        await app.stop()


async def _start(app: App, stopped: asyncio.Event) -> bool:
    """Start; False if Kaiku was stopped before it had started, as while it waits for its database."""
    starting = asyncio.ensure_future(app.start())
    stopping = asyncio.ensure_future(stopped.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if starting.done():
        starting.result()
        return True
    starting.cancel()
    await asyncio.wait({starting})
    app.store.close()
    return False
