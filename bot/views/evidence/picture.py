"""Draws a report's pictures: plain data in, PNGs out.

It runs in a process of its own (``python -m bot.views.evidence.picture``: JSON in, JSON out), so that
matplotlib's 100 MB of memory are freed when it ends. All text comes in already in the reader's language.
Darkness and hatching carry the meaning, so that a picture reads in grey.
"""

import base64
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, BLUE, PALE = "#1b2430", "#1f5fa8", "#ffffff"
_FILLS: Final[tuple[dict[str, Any], ...]] = (
    {"color": BLUE, "edgecolor": INK},
    {"color": "#f0c36d", "edgecolor": INK, "hatch": "///"},
    {"color": PALE, "edgecolor": INK, "hatch": ".."},
)
WIDTH, DPI = 10.0, 110


def draw_all(pictures: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """The PNGs. Takes seconds and much memory, so it must run in a process of its own."""
    return [_draw(each) for each in pictures]


def _draw(data: Mapping[str, Any]) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - slow to load
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(WIDTH, 4.2), dpi=DPI, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    _shapes[data["shape"]](figure, data)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _line(figure: "Figure", data: Mapping[str, Any]) -> None:
    """A step line; it ends where a number is withheld."""
    axes = _axes(figure, data)
    told = [(n, value) for n, (_, value) in enumerate(data["marks"]) if value is not None]
    axes.plot(
        [n for n, _ in told], [value for _, value in told], "o-", color=BLUE, linewidth=2.5, markersize=8
    )
    for n, value in told:
        axes.annotate(str(value), (n, value), (0, 9), textcoords="offset points", ha="center", color=INK)
    axes.set_ylim(0, max((value for _, value in told), default=1) * 1.2)
    _ticks(axes, [name for name, _ in data["marks"]])


def _bars(figure: "Figure", data: Mapping[str, Any]) -> None:
    axes = _axes(figure, data)
    names = [name for name, _ in data["marks"]]
    values = [value for _, value in data["marks"]]
    bars = axes.bar(range(len(values)), [value or 0 for value in values], color=BLUE, edgecolor=INK)
    axes.bar_label(bars, ["–" if value is None else str(value) for value in values], padding=3, color=INK)
    axes.set_ylim(0, max((value or 0 for value in values), default=1) * 1.15 or 1)
    _ticks(axes, names)


def _stacks(figure: "Figure", data: Mapping[str, Any]) -> None:
    axes = _axes(figure, data)
    foot = [0] * len(data["names"])
    for (name, values), fill in zip(data["stacks"], _FILLS, strict=True):
        heights = [value or 0 for value in values]
        axes.bar(range(len(heights)), heights, bottom=foot, label=name, linewidth=1, **fill)
        foot = [one + other for one, other in zip(foot, heights, strict=True)]
    _ticks(axes, data["names"])
    figure.legend(loc="outside upper left", ncols=3, fontsize=11, frameon=False)


def _matrix(figure: "Figure", data: Mapping[str, Any]) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    names, grid = data["names"], data["grid"]
    figure.set_size_inches(WIDTH, 2.4 + 0.42 * len(names))
    axes = figure.subplots()
    shown = [[float("nan") if value is None else value for value in row] for row in grid]
    drawn = axes.imshow(shown, cmap="Blues", vmin=0, aspect="auto")
    most = max((value for row in grid for value in row if value is not None), default=1)
    for n, row in enumerate(grid):
        for m, value in enumerate(row):
            if value is not None:
                colour = "white" if value > most / 2 else INK
                axes.text(m, n, str(value), ha="center", va="center", color=colour, fontsize=11)
    axes.set_yticks(range(len(names)), [_short(each) for each in names], fontsize=11)
    axes.set_xticks(range(len(names)), [_short(each) for each in names], rotation=40, ha="right", fontsize=11)
    bar = figure.colorbar(drawn, ticks=MaxNLocator(integer=True))
    bar.set_label(data["axis"], fontsize=12)


def _axes(figure: "Figure", data: Mapping[str, Any]) -> "Axes":
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    axes = figure.subplots()
    axes.set_ylabel(data["axis"], fontsize=12)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color="#c9d0da", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return axes


def _ticks(axes: "Axes", names: Sequence[str]) -> None:
    is_crowded = sum(map(len, names)) > 90
    turned: dict[str, Any] = {"rotation": 35, "ha": "right"} if is_crowded else {}
    axes.set_xticks(range(len(names)), list(names), fontsize=11, **turned)


def _short(name: str) -> str:
    return name if len(name) <= 32 else name[:31].rstrip() + "…"


_shapes: Final[Mapping[str, Callable[["Figure", Mapping[str, Any]], None]]] = {
    "line": _line,
    "bars": _bars,
    "stacks": _stacks,
    "matrix": _matrix,
}


def main() -> None:
    """Draw the pictures that are read from standard input."""
    drawn = draw_all(json.load(sys.stdin))
    json.dump([base64.b64encode(each).decode() for each in drawn], sys.stdout)


if __name__ == "__main__":
    main()
