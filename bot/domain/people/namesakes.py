"""People of the same name, told apart wherever people are listed."""

from collections import Counter
from collections.abc import Mapping


def tell_apart(names: Mapping[str, str], agencies: Mapping[str, str]) -> dict[str, str]:
    """By user id, what each person is called in a list: their name; if several share it, with the agency in
    brackets; if that is shared too, with the user id."""
    by_name = Counter(names.values())
    called = {
        user_id: f"{name} ({agencies[user_id]})" if by_name[name] > 1 and agencies.get(user_id) else name
        for user_id, name in names.items()
    }
    again = Counter(called.values())
    return {user_id: f"{name} ({user_id})" if again[name] > 1 else name for user_id, name in called.items()}
