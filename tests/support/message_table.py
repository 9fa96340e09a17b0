"""The table of docs/messages.md, as the declarations give it."""

from bot.services.deliveries.declaration import MessageKind, MessageKinds

HEAD = (
    "kind",
    "Slack method",
    "urgency",
    "is about",
    "helps until",
    "at most once",
    "office hours",
    "do not disturb",
    "facilitators told",
    "while paused",
)


def table_of(kinds: MessageKinds) -> str:
    """By method, the most urgent first."""
    lines = [HEAD, tuple("---" for _ in HEAD)]
    lines += [_row(each) for each in sorted(kinds, key=lambda each: (each.method, each.urgency))]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(each: MessageKind) -> tuple[str, ...]:
    flags = (
        each.at_most_once,
        each.office_hours,
        each.undisturbing,
        each.tells_facilitators,
        each.while_paused,
    )
    return (
        f"`{each.kind}`",
        each.method,
        str(each.urgency),
        each.about,
        each.helps_until,
        *("yes" if flag else "" for flag in flags),
    )
