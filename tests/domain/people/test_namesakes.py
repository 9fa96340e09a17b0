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


def test_names_that_look_the_same_are_the_same() -> None:
    names = {
        "U1": "Aino Virtanen",
        "U2": "AINO  VIRTANEN",
        "U3": "Aino Wirtanen",
        "U4": "José Niemi",
        "U5": "Jose Niemi",
    }
    called = tell_apart(names, {"U1": "Tulli", "U2": "Kela", "U4": "Tulli", "U5": "Tulli"})
    assert called["U1"] == "Aino Virtanen (Tulli)"
    assert called["U2"] == "AINO  VIRTANEN (Kela)"
    assert called["U3"] == "Aino Wirtanen"
    assert called["U4"] == "José Niemi (Tulli) (U4)"
