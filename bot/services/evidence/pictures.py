"""A report's pictures, drawn in a process of their own."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

DRAW_SECONDS: Final = 60.0
ROOT: Final = Path(__file__).parents[3]
_PASSED_ON: Final = ("HOME", "LANG", "MPLCONFIGDIR", "PATH", "TMPDIR")
"""Environment variables for the process that draws: none of Kaiku's secrets."""


class NotDrawnError(Exception):
    """The pictures could not be drawn; ``args[0]`` says why."""


def draw(pictures: Sequence[Mapping[str, Any]], seconds: float = DRAW_SECONDS) -> list[bytes]:
    """The PNGs. Raises NotDrawnError."""
    if not pictures:
        return []
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bot.views.evidence.picture"],
            input=json.dumps(pictures).encode(),
            capture_output=True,
            cwd=ROOT,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            timeout=seconds,
            check=True,
        )
    except OSError as error:
        raise NotDrawnError(f"no process: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise NotDrawnError(f"not done after {seconds:g} s") from None
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
        raise NotDrawnError(f"exit {error.returncode}: {last}") from None
    return [base64.b64decode(each) for each in json.loads(done.stdout)]
