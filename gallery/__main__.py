"""``python -m gallery``: write the gallery."""

import argparse
from itertools import groupby
from pathlib import Path

from gallery.collect import entries, render, sentences_of_the_command_line
from gallery.page import write_page


def main() -> None:
    parser = argparse.ArgumentParser(prog="gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(".artifacts/gallery.html"))
    out: Path = parser.parse_args().out
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(gallery(), encoding="utf-8")
    print(out)  # noqa: T201 - the command's answer


def gallery() -> str:
    """The whole page."""
    parts = []
    for heading, group in groupby(entries(), key=lambda pair: pair[0]):
        rendered = [render(entry) for _, entry in group]
        parts.append(
            (heading, [{"name": each.name, "keys": each.keys, "shown": each.shown} for each in rendered])
        )
    return write_page(parts, sentences_of_the_command_line(), PEOPLE)


PEOPLE = [
    {"id": "UAINO", "name": "Aino Virtanen"},
    {"id": "UFASI", "name": "Fanni Fasilitaattori"},
]
"""Whom mentions in the entries name."""


if __name__ == "__main__":
    main()
