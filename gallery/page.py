"""The gallery as one HTML file that needs no server: the local workspace's page code draws the entries."""

import base64
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parent / "sandbox/page"
_IMPORT = re.compile(r'from "\./([\w/]+\.js)"')


def write_page(parts: Iterable[tuple[str, list[dict[str, Any]]]], sentences: object, people: object) -> str:
    """The page. ``parts`` are headings with their rendered entries; ``sentences`` are those of the command
    line."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    found = list(parts)
    content = {"parts": found, "people": people}
    return environment.get_template("page.html.j2").render(
        parts=[(heading, len(rendered)) for heading, rendered in found],
        sentences=sentences,
        styles=[_read(PAGE / name) for name in ("style.css", "blocks.css", "overlays.css")]
        + [_read(HERE / "gallery.css")],
        modules=json.dumps({"imports": dict(_modules())}),
        content=json.dumps(content, ensure_ascii=False).replace("</", "<\\/"),
        script=_bare(_read(HERE / "gallery.js")),
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _modules() -> Iterable[tuple[str, str]]:
    """Every module of the workspace's page under a bare name, as a data: address: a page opened from a file
    may not load modules from other files."""
    for path in sorted(PAGE.rglob("*.js")):
        name = path.relative_to(PAGE).as_posix()
        source = _bare(_read(path)).encode()
        yield f"page/{name}", f"data:text/javascript;base64,{base64.b64encode(source).decode()}"


def _bare(source: str) -> str:
    return _IMPORT.sub(r'from "page/\1"', source)
