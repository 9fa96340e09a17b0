"""The saved state of a workspace: one JSON file, replaced atomically."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

VERSION = 1


def write_state(file: Path, data: dict[str, Any], now: datetime) -> None:
    """Save the state. Raises OSError, which leaves the previous file."""
    partial = file.with_suffix(".partial")
    whole = {"version": VERSION, **data, "now": now.isoformat()}
    partial.write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    os.replace(partial, file)


def read_state(file: Path) -> tuple[dict[str, Any], datetime]:
    """The saved state, and its time. Raises OSError, or ValueError for another kind of file."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        now = datetime.fromisoformat(data.pop("now"))
        if data.pop("version", VERSION) != VERSION or not {"people", "channels", "messages"} <= data.keys():
            raise ValueError("another version")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{file} holds no state of this workspace ({error}); remove it to start over"
        ) from None
    return data, now


def saved_now(file: Path) -> datetime | None:
    """The time in a workspace when it was last saved; None for a new one. Raises OSError or ValueError."""
    return read_state(file)[1] if file.exists() else None
