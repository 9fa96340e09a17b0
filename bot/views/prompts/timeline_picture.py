"""Draws the picture of an offering's timeline: plain data in, a PNG out.

It runs in a process of its own (``python -m bot.views.prompts.timeline_picture``: JSON in, PNG out), so that
matplotlib's 100 MB of memory are freed when it ends. All text comes in already in the reader's language.
Shapes and labels carry the meaning; colours only repeat it.
"""

import io
import json
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, to_builtins

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, DPI = 12.0, 5.6, 100
"""Inches, and points an inch: 1200 by 560."""

INK, PALE = "#1d2733", "#e4e8ee"
_shapes: Final = {
    "session": "s",
    "plan": "^",
    "midpoint": "o",
    "before": "D",
    "any": "P",
    "reminder": "v",
    "closing_letter": "*",
}
_colours: Final = {"session": "#1d3f8a", "reminder": "#8a4b08", "closing_letter": "#6a1b7a"}
_PROMPT_COLOUR: Final = "#0b6b5d"
_sizes: Final = {"session": 22, "reminder": 8, "closing_letter": 18}
_lanes: Final = {"session": 3.0, "reminder": 0.55}
_PROMPT_LANE: Final = 1.7
LABEL_ROWS: Final = 3
"""Rows that labels under prompts alternate between where they would overlap."""


class Mark(Struct, frozen=True):
    """One shape on the day ``on`` (ISO). ``state``: done is full, coming is hollow, dropped and cancelled are
    crossed out; ``moved_from`` is where its arrow begins. A session's ``inside`` is its number."""

    shape: str
    state: str
    on: str
    label: str = ""
    inside: str = ""
    moved_from: str = ""


class Stretch(Struct, frozen=True):
    """Quiet days, both ends included; only seasons have room for a label."""

    first: str
    last: str
    label: str = ""


class TimelinePicture(Struct, frozen=True):
    """All that the picture shows. ``months`` are first days and names; ``lanes`` name sessions, prompts and
    reminders from top to bottom; ``legend`` has shape, state and what that means."""

    title: str
    marks: Sequence[Mark]
    quiet: Sequence[Stretch]
    months: Sequence[tuple[str, str]]
    lanes: tuple[str, str, str]
    legend: Sequence[tuple[str, str, str]]
    today: tuple[str, str] | None = None

    def as_json(self) -> str:
        """The same JSON for equal pictures, so that its digest can name the picture."""
        return json.dumps(to_builtins(self), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> TimelinePicture:
    data: dict[str, Any] = json.loads(text)
    return TimelinePicture(
        title=data["title"],
        marks=[Mark(**each) for each in data["marks"]],
        quiet=[Stretch(**each) for each in data["quiet"]],
        months=[(first, name) for first, name in data["months"]],
        lanes=(data["lanes"][0], data["lanes"][1], data["lanes"][2]),
        legend=[(shape, state, said) for shape, state, said in data["legend"]],
        today=(data["today"][0], data["today"][1]) if data["today"] else None,
    )


def draw(picture: TimelinePicture) -> bytes:
    """The PNG. Takes about a second and much memory, so it must run in a process of its own."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.115, 0.24, 0.87, 0.635))
    axes.set_title(_within(picture.title, 90), loc="left", fontsize=15, color=INK, pad=26, weight="bold")
    _draw_frame(axes, picture)
    for mark in picture.marks:
        _draw_mark(axes, mark)
    _draw_labels(axes, picture.marks)
    _draw_legend(axes, picture)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _draw_frame(axes: "Axes", picture: TimelinePicture) -> None:
    """Days, months, lanes, quiet stretches and today."""
    days = [_number(each.on) for each in picture.marks] or [_number(each) for each, _ in picture.months]
    first, last = min(days), max(days)
    margin = max((last - first) * 0.035, 2.0)
    axes.set_xlim(first - margin, last + margin)
    axes.set_ylim(0.0, 3.75)
    for stretch in picture.quiet:
        left, right = _number(stretch.first) - 0.5, _number(stretch.last) + 0.5
        axes.axvspan(left, right, facecolor=PALE, edgecolor="#9aa5b4", hatch="///", linewidth=0, zorder=0)
        if stretch.label and right > first and left < last:
            middle = (max(left, first) + min(right, last)) / 2
            box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
            axes.text(middle, 2.4, stretch.label, ha="center", va="center", fontsize=11, color=INK, bbox=box)
    for height in (*_lanes.values(), _PROMPT_LANE):
        axes.axhline(height, color="#9aa5b4", linewidth=1, zorder=1)
    axes.set_yticks([_lanes["session"], _PROMPT_LANE, _lanes["reminder"]], picture.lanes, fontsize=12.5)
    begins = [(max(_number(on), first - margin), name) for on, name in picture.months]
    if len(begins) > 1 and begins[1][0] - begins[0][0] < (last - first) / 12:
        del begins[0]  # so little is seen of the first month that its name would touch the next
    axes.set_xticks([at for at, _ in begins], [name for _, name in begins], fontsize=12, ha="left")
    axes.tick_params(axis="both", length=0, colors=INK, pad=7)
    axes.grid(axis="x", color="#c9d0da", linewidth=0.8, zorder=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    if picture.today is not None and first - margin <= _number(picture.today[0]) <= last + margin:
        at = _number(picture.today[0])
        axes.axvline(at, color=INK, linewidth=1.5, linestyle=(0, (4, 3)), zorder=2)
        axes.text(at, 3.75, picture.today[1], ha="center", va="bottom", fontsize=11, color=INK)


def _draw_mark(axes: "Axes", mark: Mark) -> None:
    at, height = _number(mark.on), _height_of(mark.shape)
    if mark.moved_from and mark.moved_from != mark.on:
        axes.annotate(
            "",
            (at, height),
            (_number(mark.moved_from), height),
            arrowprops={
                "arrowstyle": "->",
                "color": INK,
                "linewidth": 1.6,
                "connectionstyle": "arc3,rad=-0.5",
            },
        )
    axes.plot([at], [height], linestyle="none", zorder=3, **_style(mark.shape, mark.state))
    if mark.state in {"dropped", "cancelled"}:
        size = _sizes.get(mark.shape, 13) + 3
        axes.plot([at], [height], "x", color=INK, markersize=size, markeredgewidth=2, zorder=4)
    if mark.inside:
        full = mark.state == "done"
        axes.text(
            at,
            height - 0.012,
            mark.inside,
            ha="center",
            va="center_baseline",
            fontsize=12,
            color="white" if full else INK,
            weight="bold",
            zorder=5,
        )


def _style(shape: str, state: str) -> dict[str, Any]:
    colour = _colours.get(shape, _PROMPT_COLOUR)
    gone = state in {"dropped", "cancelled"}
    return {
        "marker": _shapes[shape],
        "markersize": _sizes.get(shape, 13),
        "markerfacecolor": colour if state == "done" else "white",
        "markeredgecolor": "#6b7685" if gone else colour,
        "markeredgewidth": 2,
    }


def _draw_labels(axes: "Axes", marks: Sequence[Mark]) -> None:
    """Days above sessions and below prompts; a label moves to the next row where two would overlap."""
    first, last = axes.get_xlim()
    a_character = (last - first) / 118  # of 11-point text on 1044 points of width
    ends: dict[tuple[bool, int], float] = {}
    for mark in sorted((each for each in marks if each.label), key=lambda each: each.on):
        above = mark.shape == "session"
        at, half = _number(mark.on), len(mark.label) * a_character / 2
        left, right = max(at - half, first - 2 * half), at + half
        rows = range(2 if above else LABEL_ROWS)
        row = next((n for n in rows if ends.get((above, n), float("-inf")) < left), rows[-1])
        ends[above, row] = right + a_character / 2
        height = _height_of(mark.shape) + (0.27 + 0.2 * row if above else -0.2 - 0.2 * row)
        axes.text(
            at,
            height,
            mark.label,
            ha="center",
            va="bottom" if above else "top",
            fontsize=11,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
            zorder=5,
        )


def _draw_legend(axes: "Axes", picture: TimelinePicture) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    handles: list[Any] = []
    for shape, state, said in picture.legend:
        if shape == "quiet":
            handles.append(Patch(facecolor=PALE, edgecolor="#9aa5b4", hatch="///", linewidth=0, label=said))
        elif shape == "state":
            style = _style("session", state)
            if state == "dropped":
                style |= {"marker": "x", "markeredgecolor": INK}
            elif state == "moved":
                style |= {"marker": r"$\rightarrow$", "markeredgecolor": INK, "markeredgewidth": 0.5}
            handles.append(Line2D([], [], linestyle="none", label=said, **(style | {"markersize": 11})))
        else:
            small = {"markersize": min(_sizes.get(shape, 13), 12)}
            handles.append(Line2D([], [], linestyle="none", label=said, **(_style(shape, state) | small)))
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(-0.13, -0.1),
        ncol=4,
        frameon=False,
        fontsize=11,
        handletextpad=0.5,
        columnspacing=1.4,
        labelspacing=0.55,
        labelcolor=INK,
    )


def _height_of(shape: str) -> float:
    return _lanes.get(shape, _PROMPT_LANE)


def _number(day: str) -> float:
    return float(date.fromisoformat(day).toordinal())


def _within(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def month_starts(first: date, last: date) -> list[date]:
    """The first days of the months from ``first`` to ``last``; the first item is ``first`` itself."""
    found, day = [first], (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def main() -> None:
    """Draw the picture that is read from standard input."""
    sys.stdout.buffer.write(draw(from_json(sys.stdin.buffer.read().decode("utf-8"))))


if __name__ == "__main__":
    main()
