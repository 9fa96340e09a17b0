"""A start of Kaiku that is refused, in this process: one of its own would take seconds only to load."""

import gc
import logging
import os

from click.testing import Result
from typer.testing import CliRunner

from bot.cli.main import app

FOREIGN = ("SLACK_", "KAIKU_")
"""What settings of whoever runs the tests begin with."""


def start_refused(*words: str, **settings: str) -> Result:
    """``kaiku run``, or another command that starts Kaiku, where it ends with what is wrong."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    gone = dict.fromkeys(name for name in os.environ if name.startswith(FOREIGN))
    try:
        return CliRunner().invoke(app, words or ("run",), env={**gone, **settings})
    finally:
        root.handlers[:], root.level = handlers, level
        gc.enable()
