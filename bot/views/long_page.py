"""The frame of long pages with tables and pictures: reports of a programme, of a rehearsal."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template


def long_page(folder: Path) -> "Template":
    """The template ``report.html`` of ``folder``, which extends ``long_page.html``. Texts are escaped."""
    # Loaded when a page is made: an idle Kaiku needs none of it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    templates = Environment(
        loader=FileSystemLoader([folder, Path(__file__).parent / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("report.html")
