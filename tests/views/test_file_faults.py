from bot.domain.file_faults import Fault, FaultCode
from bot.i18n import words_for
from bot.views.file_faults import line_for


def test_a_fault_without_parameters_is_said_with_its_line() -> None:
    fault = Fault(43, "place.fi", FaultCode.TEXT_CUT_AT_HASH)

    assert "43" in line_for(fault, words_for("en", "UTC"))
