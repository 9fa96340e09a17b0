"""Plain English for what is wrong in a plan file: what it is, and how to mend it."""

from bot.domain.plan.rules import Problem, Rule

RULE_WORDS: dict[Rule, tuple[str, str]] = {
    Rule.NO_STRANDS: (
        "The plan has no strands",
        "Add at least one; to take a programme down, mark its offerings `cancelled: true`",
    ),
    Rule.DUPLICATE_STRAND_NUMBER: ("There is another strand {value}", "Give each strand its own number"),
    Rule.DUPLICATE_OFFERING_CODE: (
        "The code {value} is taken by another offering",
        "Give each offering its own code",
    ),
    Rule.DUPLICATE_SESSION_NUMBER: (
        "This offering has another session {value}",
        "Give each session its own number; a moved session keeps its number",
    ),
    Rule.CAPACITY_BELOW_ONE: ("A capacity of {capacity} leaves no seat", "Write 1 or more"),
    Rule.AGENCY_SEATS_BELOW_ONE: ("{seats} seats for an agency leave it none", "Write 1 or more"),
    Rule.AGENCY_SEATS_ABOVE_CAPACITY: (
        "{seats} seats for an agency are more than the {capacity} there are",
        "Write {capacity} or less",
    ),
    Rule.UNKNOWN_AGENCY: ("There is no agency {agency}", "Use a code of programmes/agencies.yml"),
    Rule.SIGN_UP_CLOSES_BEFORE_IT_OPENS: (
        "Sign-up closes on {closes}, before it opens on {opens}",
        "Write a closing day on or after {opens}",
    ),
    Rule.SIGN_UP_CLOSES_AFTER_LAST_SESSION: (
        "Sign-up closes on {closes}, after the last session on {last}",
        "Write {last} or an earlier day",
    ),
    Rule.SIGN_UP_OPENS_AFTER_LAST_SESSION: (
        "Sign-up opens on {opens}, after the last session on {last}",
        "Write an opening day before the sessions",
    ),
    Rule.NO_SESSIONS: ("The offering has no sessions", "Add at least one, with its date and times"),
    Rule.SINGLE_SESSION_KIND: (
        "The kind `remote` is one session, and here are {count}",
        "Write `kind: series`, or keep one session",
    ),
    Rule.SESSION_ENDS_BEFORE_IT_STARTS: (
        "The session ends at {ends} but starts at {starts}",
        "Write an end later than {starts}",
    ),
    Rule.TIME_SKIPPED_BY_CLOCK_CHANGE: (
        "On {on} there is no {time} in {timezone}: the clocks go forward past it",
        "Choose a time before or after the skipped hour",
    ),
    Rule.SESSION_WITHOUT_PLACE_OR_LINK: (
        "The session has neither a place nor a link",
        "Add `place:` for a live session or `link:` for a remote one",
    ),
    Rule.SESSION_WITH_PLACE_AND_LINK: (
        "The session has both a place and a link",
        "Keep `place:` if people meet in person, `link:` if they join from their desks",
    ),
    Rule.LINK_NOT_HTTPS: (
        "`{link}` is not a link people can join by",
        "Write a whole address that starts with https:// and has no spaces or quotes",
    ),
    Rule.LABEL_WITHOUT_LINK: ("A label names a link, and there is none", "Add `link:`, or delete `label:`"),
    Rule.REMOTE_KIND_WITH_PLACE: (
        "An offering of the kind `{kind}` is held over a link, and this session has a place",
        "Write `link:` instead, or choose another kind, such as process",
    ),
    Rule.SESSIONS_OVERLAP: (
        "Session {number} overlaps session {other} of the same offering",
        "Move one of them, or mark one `cancelled: true`",
    ),
}


def words_for(problem: Problem) -> tuple[str, str]:
    """What is wrong, and how to mend it."""
    wrong, mend = (words.format(**problem.params) for words in RULE_WORDS[problem.code])
    if near := problem.params.get("nearest"):
        mend = f"Did you mean `{near}`"
    return wrong, mend
