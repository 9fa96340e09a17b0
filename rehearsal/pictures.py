"""The report's pictures. The page has the content of each in words and in a table."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from rehearsal.wording import Wording

MOST_ROWS: Final = 400
"""People in the picture of weeks; of more, the busiest."""
INK: Final = "#1b2430"
SEATED: Final = "#1f5fa8"
WAITING: Final = "#d98e04"


def weeks_drawn(weeks: Sequence[Sequence[int]], starts: Sequence[str], wording: Wording) -> bytes:
    """A heat map: a row a person, a column a week; ``starts`` are the weeks' Mondays. PNG."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to load, and only a report needs it
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    rows = list(weeks[:MOST_ROWS])
    figure = Figure(figsize=(10, min(2.5 + len(rows) / 50, 8)), layout="constrained")
    axes = figure.subplots()
    drawn = axes.imshow(rows, aspect="auto", cmap="Blues", interpolation="nearest", vmin=0)
    days = [date.fromisoformat(each) for each in starts]
    ticks = [n for n, day in enumerate(days) if n == 0 or day.month != days[n - 1].month]
    named = [wording.words.short_month(days[n], with_year=n == 0 or days[n].month == 1) for n in ticks]
    axes.set_xticks(ticks, named, rotation=45, ha="right", fontsize=11)
    axes.set_ylabel(wording.say("axis_people"), fontsize=12)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    bar = figure.colorbar(drawn, ticks=MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    bar.set_label(wording.say("axis_messages"), fontsize=12)
    return _png(figure)


def seats_drawn(offerings: Sequence[Mapping[str, Any]], wording: Wording) -> bytes:
    """Bars of seats taken, free seats and people waiting, with their numbers. PNG."""
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    codes = [each["code"] for each in offerings]
    seated = [each["seated"] for each in offerings]
    free = [max(each["capacity"] - each["seated"], 0) for each in offerings]
    waiting = [each["waiting"] for each in offerings]
    ends = [one + other for one, other in zip(seated, free, strict=True)]
    figure = Figure(figsize=(10, 1.4 + 0.36 * len(codes)), layout="constrained")
    axes = figure.subplots()
    axes.barh(codes, seated, color=SEATED, label=wording.say("legend_seated"))
    axes.barh(codes, free, left=seated, color="#ffffff", edgecolor=SEATED, label=wording.say("legend_free"))
    axes.barh(
        codes,
        waiting,
        left=ends,
        color=WAITING,
        hatch="//",
        edgecolor="#5c3b00",
        linewidth=[1 if each else 0 for each in waiting],
        label=wording.say("legend_waiting"),
    )
    for n, each in enumerate(offerings):
        said = f"{each['seated']}/{each['capacity']}" + (f" + {each['waiting']}" if each["waiting"] else "")
        axes.annotate(
            said, (ends[n] + waiting[n], n), (5, 0), textcoords="offset points", va="center", color=INK
        )
    longest = max((end + queue for end, queue in zip(ends, waiting, strict=True)), default=0)
    axes.set_xlim(0, max(longest, 1) * 1.12)  # room for the numbers
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.tick_params(labelsize=11)
    axes.set_xlabel(wording.say("axis_people"), fontsize=12)
    figure.legend(loc="outside upper left", ncols=3, fontsize=11, frameon=False)
    return _png(figure)


def _png(figure: Any) -> bytes:  # noqa: ANN401 - matplotlib is loaded late
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110, metadata={"Software": None})
    return out.getvalue()
