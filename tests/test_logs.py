"""What people name things reaches no log and no terminal as it is."""

import json
import logging

import pytest

from bot.domain.text import visible
from bot.logs import set_up_logs

ODD = "Aino\n2026-01-01 ERROR forged\x1b[31m\x9b2J\u202e\u2028\ud800"


def test_a_name_is_shown_with_its_letters_and_without_what_a_terminal_obeys() -> None:
    assert visible("Äijö Öberg – 100 %") == "Äijö Öberg – 100 %"
    shown = visible(ODD)
    assert shown.isprintable()
    assert "\\u001b[31m" in shown


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_record_is_one_line_whatever_is_in_it(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        set_up_logs(log_format)
        try:
            raise ValueError(ODD)
        except ValueError:
            logging.getLogger("kaiku").exception("failed for %s", ODD)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    lines = capsys.readouterr().err.splitlines()
    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith("2026-01-01") for line in lines)
    if log_format == "json":
        assert ODD.splitlines()[0] in json.loads(lines[0])["message"]
    else:
        assert all(line.startswith("    ") for line in lines[1:])
