from bot.domain.people.agencies import Agency, AgencyBook, Branch, seat_key

TAX = Agency("vero", {"fi": "Verohallinto", "sv": "Skatteförvaltningen", "en": "Tax Administration"})
HEALTH = Agency("thl", {"fi": "Terveyden ja hyvinvoinnin laitos", "sv": "Institutet för hälsa och välfärd"})
BOOK = AgencyBook(
    (
        Branch("stm", {"fi": "STM:n hallinnonala", "sv": "SHM:s förvaltningsområde"}, (HEALTH,)),
        Branch("vm", {"fi": "VM:n hallinnonala", "sv": "FM:s förvaltningsområde"}, (TAX,)),
    )
)


def test_agencies_are_found_by_code() -> None:
    assert BOOK.get("vero") is TAX
    assert BOOK.get("nobody") is None
    assert "vero" in BOOK
    assert "nobody" not in BOOK
    assert BOOK.codes == ("thl", "vero")
    assert (len(BOOK), list(BOOK)) == (2, [HEALTH, TAX])


def test_a_name_is_in_the_readers_language_or_in_finnish() -> None:
    assert BOOK.name("vero", "sv") == "Skatteförvaltningen"
    assert BOOK.name("thl", "en") == "Terveyden ja hyvinvoinnin laitos"


def test_a_code_that_left_the_book_is_its_own_name() -> None:
    assert BOOK.name("arek", "fi") == "arek"


def test_groups_keep_the_books_order() -> None:
    assert BOOK.groups("sv") == [
        ("SHM:s förvaltningsområde", [("thl", "Institutet för hälsa och välfärd")]),
        ("FM:s förvaltningsområde", [("vero", "Skatteförvaltningen")]),
    ]


def test_seats_are_counted_by_agency() -> None:
    assert seat_key("vero", None) == "vero"
    assert seat_key("vero", "left from before") == "vero"


def test_other_employers_share_seats_only_with_themselves() -> None:
    assert seat_key("other", "  Helsingin   KAUPUNKI ") == seat_key("other", "Helsingin kaupunki")
    assert seat_key("other", "Helsingin kaupunki") != seat_key("other", "Espoon kaupunki")
    assert seat_key("other", "vero") != seat_key("vero", None)
