"""How well written phrases are understood, as totals only: the held-out phrases themselves are never printed.

    python -m tests.support.assistant_figures

prints the table of docs/assistant.md.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import yaml

from bot.domain.assistant.topics import Topic
from bot.domain.assistant.understanding import understand
from bot.services.assistant.phrases import learned
from tests.conftest import ROOT

HELD_OUT = ROOT / "tests/domain/assistant/heldout_phrases.yml"
CHECKSUM = HELD_OUT.with_suffix(".sha256")


@dataclass
class Figures:
    """Counts by label and by language; ``violations`` are negated acts that were offered."""

    asked: Counter = field(default_factory=Counter)
    right: Counter = field(default_factory=Counter)
    violations: Counter = field(default_factory=Counter)
    negated: int = 0

    def share(self, of: str) -> float:
        return self.right[of] / self.asked[of]


def checksum_holds() -> bool:
    return (
        hashlib.sha256(HELD_OUT.read_bytes()).hexdigest() == CHECKSUM.read_text(encoding="utf-8").split()[0]
    )


@cache
def measure() -> Figures:
    """Whether one of the right topics is among those offered; for ``none``, whether none is offered."""
    figures = Figures()
    entries = yaml.load(HELD_OUT.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for entry in entries["phrases"] if isinstance(entries, dict) else entries:
        labels = entry["label"] if isinstance(entry["label"], list) else [entry["label"]]
        offered = understand(entry["text"], learned())
        is_none = labels == [Topic.NONE]
        right = not offered if is_none else any(label in offered for label in labels)
        if not is_none and Topic.NONE in labels:
            right = right or not offered
        group = "none" if is_none else "acts"
        for name in (group, f"{group} {entry['lang']}", *([f"label {labels[0]}"] if not is_none else [])):
            figures.asked[name] += 1
            figures.right[name] += right
        refused = entry.get("not", [])
        refused = [refused] if isinstance(refused, str) else refused
        figures.negated += bool(refused)
        for topic in {*refused} & {*offered}:
            figures.violations[f"{topic} {entry['lang']}"] += 1
    return figures


def table(figures: Figures) -> str:
    lines = ["| Phrases | Count | Right |", "|---|---|---|"]
    for name in sorted(figures.asked):
        lines.append(f"| {name} | {figures.asked[name]} | {figures.share(name):.1%} |")
    lines.append(f"| negated acts offered | {figures.negated} | {figures.violations.total()} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(measure()))  # noqa: T201 - this is what it is for
