from bot.domain.people.namesakes import tell_apart


def test_people_of_one_name_are_told_apart_by_agency_and_then_by_id() -> None:
    names = {"U1": "Aino Aho", "U2": "Olli Oja", "U3": "Aino Aho", "U4": "Aino Aho"}
    agencies = {"U1": "Verohallinto", "U2": "Tulli", "U3": "Tulli", "U4": "Tulli"}
    assert tell_apart(names, agencies) == {
        "U1": "Aino Aho (Verohallinto)",
        "U2": "Olli Oja",
        "U3": "Aino Aho (Tulli) (U3)",
        "U4": "Aino Aho (Tulli) (U4)",
    }


def test_namesakes_without_an_agency_are_told_apart_by_id() -> None:
    assert tell_apart({"U1": "A", "U2": "A"}, {}) == {"U1": "A (U1)", "U2": "A (U2)"}
