"""People of the same name, told apart wherever people are listed."""

import unicodedata
from collections import Counter
from collections.abc import Mapping


def tell_apart(names: Mapping[str, str], agencies: Mapping[str, str]) -> dict[str, str]:
    """By user id, what each person is called in a list: their name; if several share it, with the agency in
    brackets; if that is shared too, with the user id."""
    shared = _shared(names)
    called = {
        user_id: f"{name} ({agencies[user_id]})" if _plain(name) in shared and agencies.get(user_id) else name
        for user_id, name in names.items()
    }
    shared = _shared(called)
    return {
        user_id: f"{name} ({user_id})" if _plain(name) in shared else name for user_id, name in called.items()
    }


def _shared(names: Mapping[str, str]) -> set[str]:
    counted = Counter(map(_plain, names.values()))
    return {name for name, number in counted.items() if number > 1}


def _plain(name: str) -> str:
    """A name without differences that a quick reader overlooks: capitals, accents, spaces."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(each for each in decomposed if not unicodedata.combining(each)).split())
