"""Plain English for what is wrong in a plan file: what it is, and how to mend it."""

from bot.domain.plan_rules import Problem

_RULES: dict[str, tuple[str, str]] = {
    "no_strands": (
        "The plan has no strands",
        "Add at least one; to take a programme down, mark its offerings `cancelled: true`",
    ),
    "duplicate_strand_number": ("There is another strand {value}", "Give each strand its own number"),
    "duplicate_offering_code": (
        "The code {value} is taken by another offering",
        "Give each offering its own code",
    ),
    "duplicate_session_number": (
        "This offering has another session {value}",
        "Give each session its own number; a moved session keeps its number",
    ),
    "capacity_below_one": ("A capacity of {capacity} leaves no seat", "Write 1 or more"),
    "agency_seats_below_one": ("{seats} seats for an agency leave it none", "Write 1 or more"),
    "agency_seats_above_capacity": (
        "{seats} seats for an agency are more than the {capacity} there are",
        "Write {capacity} or less",
    ),
    "unknown_agency": ("There is no agency {agency}", "Use a code of programmes/agencies.yml"),
    "sign_up_closes_before_it_opens": (
        "Sign-up closes on {closes}, before it opens on {opens}",
        "Write a closing day on or after {opens}",
    ),
    "sign_up_closes_after_last_session": (
        "Sign-up closes on {closes}, after the last session on {last}",
        "Write {last} or an earlier day",
    ),
    "sign_up_opens_after_last_session": (
        "Sign-up opens on {opens}, after the last session on {last}",
        "Write an opening day before the sessions",
    ),
    "no_sessions": ("The offering has no sessions", "Add at least one, with its date and times"),
    "single_session_kind": (
        "The kind `remote` is one session, and here are {count}",
        "Write `kind: series`, or keep one session",
    ),
    "session_ends_before_it_starts": (
        "The session ends at {ends} but starts at {starts}",
        "Write an end later than {starts}",
    ),
    "time_skipped_by_clock_change": (
        "On {on} there is no {time} in {timezone}: the clocks go forward past it",
        "Choose a time before or after the skipped hour",
    ),
    "session_without_place_or_link": (
        "The session has neither a place nor a link",
        "Add `place:` for a live session or `link:` for a remote one",
    ),
    "session_with_place_and_link": (
        "The session has both a place and a link",
        "Keep `place:` if people meet in person, `link:` if they join from their desks",
    ),
    "link_not_https": (
        "`{link}` is not a link people can join by",
        "Write a whole address that starts with https:// and has no spaces or quotes",
    ),
    "label_without_link": ("A label names a link, and there is none", "Add `link:`, or delete `label:`"),
    "remote_kind_with_place": (
        "An offering of the kind `{kind}` is held over a link, and this session has a place",
        "Write `link:` instead, or choose another kind, such as process",
    ),
    "sessions_overlap": (
        "Session {number} overlaps session {other} of the same offering",
        "Move one of them, or mark one `cancelled: true`",
    ),
}


def words_for(problem: Problem) -> tuple[str, str]:
    """What is wrong, and how to mend it. Every code of ``plan_rules`` has its words here."""
    wrong, mend = (words.format(**problem.params) for words in _RULES[problem.code])
    if near := problem.params.get("nearest"):
        mend = f"Did you mean `{near}`"
    return wrong, mend
