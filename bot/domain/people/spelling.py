"""The distance between two spellings."""


def is_one_slip_apart(one: str, other: str) -> bool:
    """Whether one typo (a letter too many, too few, wrong, or two swapped) separates them; equal spellings
    are not."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((i for i in range(len(short)) if short[i] != long[i]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    return short[at + 1 :] == long[at + 1 :] or (
        short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    )
