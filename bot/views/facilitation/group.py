"""The desk of a group: seats and pending decisions first, then the people, then the acts."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.carried.group import GroupTarget
from bot.domain.carried.offerings import SessionRef
from bot.domain.enrolment.seats import Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.facilitation.group import Becomes, Decision, Group, Member
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.namesakes import tell_apart
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Option,
    View,
    actions,
    button,
    divider,
    escape,
    header,
    menu,
    modal,
    naming,
    section,
    sections,
)
from bot.views.facilitation.group_entries import ENTRIES, menu_acts
from bot.views.look import MOST_BUTTONS
from bot.views.offerings.wording import near_when, title_of

MOST_LISTED = 100
"""People of one list that are shown; ``kaiku roster`` has all."""

MOST_UNDONE = 5
MOST_BARS = 25
MOST_OF_HOME = 5
WIDEST_BAR = 12


def chooser(offerings: Sequence[Offering], words: Words) -> View:
    """Asks which of the groups that the person facilitates."""
    options = [Option(each.code, f"{each.code}: {words.pick(each.title)}") for each in offerings[:100]]
    return modal(
        words("group.title"),
        [section(words("group.choose")), actions(menu(ids.OPEN_GROUP, words("desk.choose_one"), options))],
        close=words("form.close"),
    )


def group_view(group: Group, book: AgencyBook, words: Words, now: datetime) -> View:
    """The whole desk, within Slack's hundred blocks."""
    called = call_all(group, book, words)
    blocks = [
        section("\n".join(_answer(group, words, now))),
        *_decisions(group, called, words),
        *_removals(group, called, words, now),
        *_unsent(group, words, now),
        *_mix(group, book, words),
        *_people(group, book, called, words, now),
        divider(),
        *_doings(group, words),
    ]
    return modal(words("group.title"), blocks, close=words("form.close"))


def home_blocks(groups: Sequence[Group], words: Words) -> list[Block]:
    """The groups that the reader facilitates, in App Home: seats, waiting people, pending decisions."""
    blocks: list[Block] = []
    for group in groups[:MOST_OF_HOME]:
        lines = [f"*{title_of(group.offering, words)}*", _seats(group, words)]
        if group.absent:
            lines.append(words.many("group.absent_count", len(group.absent)))
        if group.decisions:
            lines.append(words("group.to_decide", n=len(group.decisions)))
        opened = button(words("group.open"), ids.OPEN_GROUP, group.offering.code)
        blocks.append(section("\n".join(lines), naming(opened, words.pick(group.offering.title))))
    rest = [button(words("desk.open"), ids.OPEN_DESK), button(words("new.open"), ids.NEW_OFFERING)]
    if len(groups) > MOST_OF_HOME:
        rest.insert(0, button(words("group.all"), ids.OPEN_GROUP))
    return [*blocks, actions(*rest)]


def call_all(group: Group, book: AgencyBook, words: Words) -> dict[str, str]:
    """The members' names by user id; people of the same name are told apart."""
    return tell_apart(
        {each.user_id: each.name for each in group.members},
        {each.user_id: employer_of(each, book, words) for each in group.members},
    )


def employer_of(member: Member, book: AgencyBook, words: Words) -> str:
    return member.own_words or book.name(member.agency, words.language)


def when_at(at: datetime, words: Words, now: datetime) -> str:
    """``klo 10.12`` today, with the day on any other."""
    here, today = words.here(at), words.here(now).date()
    if here.date() == today:
        return words("group.at_time", time=words.clock_time(here.time()))
    return words("group.at_day", day=words.day(here.date()), time=words.clock_time(here.time()))


def _answer(group: Group, words: Words, now: datetime) -> list[str]:
    offering = group.offering
    lines = [f"*{title_of(offering, words)}*  `{offering.code}`", f"*{_seats(group, words)}*"]
    lines.append(_sign_up(group, words))
    if group.is_paused:
        lines.append(words("group.paused"))
    if group.wishing is not None and Decision.DRAW_WAITS not in group.decisions:
        lines.append(words("group.undrawn", n=group.wishing))
    if group.next_session is not None:
        lines.append(words("group.next", when=near_when(group.next_session, words, now)))
    return lines


def _seats(group: Group, words: Words) -> str:
    counts = {
        "group.offered": len(group.of(Status.OFFERED)),
        "group.free": group.free,
        "group.waiting": len(group.of(Status.WAITING)),
        "group.invited": len(group.invited),
    }
    seated = words("group.seated", n=len(group.of(Status.SEATED)), capacity=group.offering.limits.capacity)
    always = {"group.free", "group.waiting"}
    return " · ".join([seated, *(words(key, n=n) for key, n in counts.items() if n or key in always)])


def _sign_up(group: Group, words: Words) -> str:
    closes_on = group.offering.closes_on
    if group.state is SignUpState.OPEN and closes_on is not None:
        return words("group.sign_up_until", day=words.day(closes_on))
    return words(f"group.sign_up_{group.state}")


def _decisions(group: Group, called: dict[str, str], words: Words) -> list[Block]:
    found = [f"• {_decision(each, group, called, words)}" for each in group.decisions]
    return [header(words("group.decide")), *sections(found)] if found else []


def _decision(decision: Decision, group: Group, called: dict[str, str], words: Words) -> str:
    waiting = len(group.of(Status.WAITING))
    match decision:
        case Decision.DRAW_WAITS:
            return words("group.draw_waits", n=group.wishing or 0)
        case Decision.BELOW_SEATED:
            more = len(group.holding) - group.offering.limits.capacity
            return words.many("group.below_seated", more)
        case Decision.OVER_LIMIT:
            over = [called[each.user_id] for each in group.members if each.over_limit]
            return words("desk.over_limit", who=words.all_of([escape(each) for each in over]))
        case Decision.FREE_AND_WAITING:
            return words.many("group.free_and_waiting", group.free, waiting=waiting)
        case Decision.AGENCIES_FULL:
            return words.many("group.agencies_full", group.free, waiting=waiting)
        case Decision.NO_ATTENDANCE:
            days = words.all_of([words.short_day(each.on) for each in group.unmarked])
            return words("group.no_attendance", days=days)


def _removals(group: Group, called: dict[str, str], words: Words, now: datetime) -> list[Block]:
    blocks: list[Block] = []
    for member in [each for each in group.members if each.removal is not None][:MOST_UNDONE]:
        removal = member.removal
        assert removal is not None
        key = "group.being_removed" if removal.becomes is Becomes.REMOVED else "group.being_put_back"
        said = words(key, who=escape(called[member.user_id]), when=when_at(removal.due_at, words, now))
        blocks.append(section(said, undo_button(group.offering.code, removal.id, removal.becomes, words)))
    return blocks


def undo_button(code: str, removal_id: int, becomes: Becomes, words: Words) -> Block:
    return button(words(f"group.undo_{becomes}"), ids.UNDO_REMOVAL, str(SessionRef(code, removal_id)))


def _unsent(group: Group, words: Words, now: datetime) -> list[Block]:
    """Invitations that can still be taken back."""
    return [
        section(
            words("group.being_invited", who=escape(each.name), when=when_at(each.due_at, words, now)),
            undo_invitation_button(group.offering.code, each.id, words),
        )
        for each in group.invited
        if each.due_at is not None
    ][:MOST_UNDONE]


def undo_invitation_button(code: str, invitation_id: int, words: Words) -> Block:
    return button(words("group.undo_invited"), ids.UNDO_INVITATION, str(SessionRef(code, invitation_id)))


def _mix(group: Group, book: AgencyBook, words: Words) -> list[Block]:
    """The mix of agencies and roles as bars with their numbers."""
    if not group.holding:
        return []
    own_words = {each.agency: each.own_words for each in group.holding if each.own_words}
    shares = group.shares
    widest = max(min(each.most, WIDEST_BAR) for each in shares)
    lines = [
        words(
            "group.share",
            bar=_bar(each.held, each.most, widest),
            agency=escape(own_words.get(each.agency) or book.name(each.agency, words.language)),
            held=each.held,
            most=each.most,
        )
        for each in shares[:MOST_BARS]
    ]
    if len(shares) > MOST_BARS:
        lines.append(words.many("list.more", len(shares) - MOST_BARS))
    most = max(group.roles.values(), default=0)
    width = min(most, WIDEST_BAR)
    roles = [
        words("group.role", bar=_bar(-(-n * width // most), width, width), role=words(f"role.{role}"), n=n)
        for role, n in group.roles.items()
    ]
    agencies = words.many("group.agencies", len(shares))
    blocks = [header(words("group.mix")), *sections([agencies, *lines])]
    return [*blocks, *sections([words("group.roles"), *roles])] if roles else blocks


def _bar(held: int, most: int, widest: int) -> str:
    shown = min(held, widest)
    return "█" * shown + "░" * max(min(most, widest) - shown, 0)


def _people(
    group: Group, book: AgencyBook, called: dict[str, str], words: Words, now: datetime
) -> list[Block]:
    blocks: list[Block] = []
    if group.absent:
        who = words.all_of(sorted(escape(called[each]) for each in group.absent))
        blocks.append(section(words.many("group.absent", len(group.absent), who=who)))
    lists = (
        ("group.list_seated", group.of(Status.SEATED)),
        ("group.list_offered", group.of(Status.OFFERED)),
        ("group.list_waiting", group.of(Status.WAITING)),
    )
    for key, members in lists:
        if not members:
            continue
        lines = [_line(each, group, book, called, words, now) for each in members[:MOST_LISTED]]
        if len(members) > MOST_LISTED:
            lines.append(words.many("list.more", len(members) - MOST_LISTED))
        blocks += [header(words(key)), *sections(lines)]
    if not group.members and not group.wishing:
        blocks.append(section(words("group.nobody")))
    return blocks


def _line(
    member: Member, group: Group, book: AgencyBook, called: dict[str, str], words: Words, now: datetime
) -> str:
    facts = [escape(employer_of(member, book, words))]
    if member.role is not None:
        facts.append(words(f"role.{member.role}"))
    if member.status is Status.OFFERED and member.until is not None:
        facts.append(words("group.until", when=when_at(member.until, words, now)))
    if member.status is Status.WAITING:
        facts.append(_why_waiting(member, group, words))
    if member.over_limit:
        facts.append(words("group.is_over"))
    start = f"{member.position}." if member.position is not None else "•"
    return f"{start} {escape(called[member.user_id])}: {', '.join(facts)}"


def _why_waiting(member: Member, group: Group, words: Words) -> str:
    match member.reason:
        case WaitingReason.AGENCY_FULL:
            return words.many("group.why_agency", group.offering.limits.for_agency(member.agency))
        case WaitingReason.GROUP_FULL:
            return words("group.why_full")
        case _ if not group.passes_on:
            return words("group.why_decision")
        case _:
            return words("group.why_let_go" if group.has_let_go(member) else "group.why_turn")


def _doings(group: Group, words: Words) -> list[Block]:
    """All acts: those on people in one menu, then the buttons in rows."""
    blocks: list[Block] = []
    acts = [
        Option(str(GroupTarget(group.offering.code, act)), words(f"group.act_{act}"))
        for act in menu_acts(group)
    ]
    if acts:
        blocks.append(actions(menu(ids.GROUP_MENU, words("group.more"), acts)))
    shown = [
        button(words(each.label), each.action_id, each.value(group))
        for each in ENTRIES
        if each.is_shown(group)
    ]
    blocks += [actions(*shown[first : first + MOST_BUTTONS]) for first in range(0, len(shown), MOST_BUTTONS)]
    return blocks
