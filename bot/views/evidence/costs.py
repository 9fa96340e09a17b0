"""The costs of venues: by strand and by session in a report, by strand in App Home and in a report's
message."""

from collections.abc import Sequence

from bot.domain.evidence.costs import Seats, StrandCost
from bot.i18n import Words

Row = tuple[int | str | None, ...]


def by_strand(costs: Sequence[StrandCost], seats: Seats, words: Words) -> tuple[list[str], list[Row]]:
    """The table's head and rows."""
    head = [words("evidence.costs_strand"), words("evidence.costs_sessions"), words("evidence.costs_euros")]
    head += [words("evidence.costs_each_session"), words("evidence.costs_each_person")]
    rows: list[Row] = [
        (
            words.pick(each.title),
            len(each.sessions),
            each.price,
            _decimal(each.for_each_session, words),
            _decimal(each.for_each(seats), words),
        )
        for each in costs
        if each.sessions
    ]
    return head, rows


def by_session(costs: Sequence[StrandCost], seats: Seats, words: Words) -> tuple[list[str], list[Row]]:
    """The table's head and rows."""
    head = [words("evidence.group"), words("evidence.session"), words("evidence.costs_euros")]
    head += [words("evidence.taken"), words("evidence.costs_each")]
    rows: list[Row] = [
        (
            f"{words.pick(each.offering.title)} ({each.offering.code})",
            words("desk.session", number=each.session.number, day=words.day(each.session.on)),
            each.price,
            seats(each.offering.code),
            _decimal(each.for_each(seats), words),
        )
        for strand in costs
        for each in strand.sessions
    ]
    return head, rows


def marks(costs: Sequence[StrandCost], words: Words) -> list[tuple[str, int]]:
    """The bars of a picture: strands, or the sessions of the only one that has costs."""
    known = [each for each in costs if each.sessions]
    if len(known) > 1:
        return [(words.pick(each.title), each.price) for each in known]
    return [
        (f"{each.offering.code}/{each.session.number}", each.price)
        for strand in known
        for each in strand.sessions
    ]


def lines(costs: Sequence[StrandCost], words: Words) -> list[str]:
    """One line for each strand."""
    return [
        words(
            "evidence.costs_line",
            strand=words.pick(each.title),
            price=euros(each, words),
            sessions=len(each.sessions),
        )
        for each in costs
    ]


def euros(cost: StrandCost, words: Words) -> str:
    return words("evidence.euros", price=words.number(cost.price))


def _decimal(number: float | None, words: Words) -> str | None:
    return words.decimal(number) if number is not None else None
