"""The data visualization block: pie, bar, area and line."""

from sandbox.block_kit.checks import (
    Check,
    Found,
    Json,
    any_number,
    anything,
    by_type,
    items,
    may,
    must,
    shape,
    text,
)
from sandbox.errors import Problem

_LABEL = text(20)


def _share(value: Json, at: str, found: Found) -> None:
    before = len(found)
    any_number(value, at, found)
    if len(found) == before and value <= 0:
        found.append(Problem(at, "must be more than 0"))


_pie = shape(
    {
        "type": must(anything),
        "segments": must(items(shape({"label": must(_LABEL), "value": must(_share)}), 6)),
    }
)
_series_shape = shape(
    {
        "type": must(anything),
        "series": must(
            items(
                shape(
                    {
                        "name": must(_LABEL),
                        "data": must(items(shape({"label": must(_LABEL), "value": must(any_number)}), 20)),
                    }
                ),
                6,
            )
        ),
        "axis_config": must(
            shape({"categories": must(items(_LABEL, 20)), "x_label": may(text(50)), "y_label": may(text(50))})
        ),
    }
)


def _series(value: Json, at: str, found: Found) -> None:
    before = len(found)
    _series_shape(value, at, found)
    if len(found) > before:
        return
    names = [each["name"] for each in value["series"]]
    if len(names) != len(set(names)):
        found.append(Problem(f"{at}/series", "series must have names of their own"))
    for n, each in enumerate(value["series"]):
        if sorted(point["label"] for point in each["data"]) != sorted(value["axis_config"]["categories"]):
            found.append(Problem(f"{at}/series/{n}/data", "must have one value for each category"))


CHART: Check = by_type({"pie": _pie, "bar": _series, "area": _series, "line": _series})
