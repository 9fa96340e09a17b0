"""The type of an open transaction, as every function that touches the database takes it."""

from typing import Any, TypeAlias

from sqlalchemy.orm import Session

Tx: TypeAlias = Session
"""SQLAlchemy's session under the name of what it stands for here: a *session* in Kaiku is one meeting of
an offering (docs/glossary.md)."""

_FOR_NEXT, _FROM_PREVIOUS = "for_next", "from_previous"


def leave_for_next(tx: Tx, key: object, value: object) -> None:
    """What this transaction knows at its end, for the one right after it, if both share a commit. Only what
    nobody else can change: its lock is held."""
    tx.info[_FOR_NEXT] = (key, value)


def take_from_previous(tx: Tx, key: object) -> Any:  # noqa: ANN401 - whatever was left under this key
    """What the one right before left under this key, or None. Once; and not after anything was written."""
    found_key, value = tx.info.pop(_FROM_PREVIOUS, (None, None))
    return value if found_key == key else None


def hand_over(tx: Tx, *, succeeded: bool) -> None:
    """Between two that share a commit: nothing else of the first may stay behind."""
    left = tx.info.get(_FOR_NEXT)
    tx.info.clear()
    tx.expunge_all()  # the next one must not see entities as this one loaded them
    if succeeded and left is not None:
        tx.info[_FROM_PREVIOUS] = left
