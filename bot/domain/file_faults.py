"""What is wrong in a file that people write by hand, as codes; ``bot/views/file_faults.py`` has words."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class FaultCode(StrEnum):
    """What may be wrong with any file that people write. A plan file may break a ``Rule`` as well."""

    # The file as a whole
    TOO_BIG = "too_big"
    NOT_UTF8 = "not_utf8"
    NOT_YAML = "not_yaml"
    NOT_ALLOWED_CHARACTER = "not_allowed_character"
    EMPTY_FILE = "empty_file"
    NO_KEYS = "no_keys"
    SECOND_DOCUMENT = "second_document"
    ALIAS = "alias"
    ANCHOR = "anchor"
    TAG = "tag"
    TOO_DEEP = "too_deep"
    KEY_NOT_ONE_WORD = "key_not_one_word"
    # Keys, lists and texts
    KEY_REPEATED = "key_repeated"
    KEY_UNKNOWN = "key_unknown"
    KEY_UNKNOWN_NEAR = "key_unknown_near"
    KEY_MISSING = "key_missing"
    KEYS_EXPECTED = "keys_expected"
    AGENCIES_EXPECTED = "agencies_expected"
    LIST_EXPECTED = "list_expected"
    SINGLE_VALUE_EXPECTED = "single_value_expected"
    TEXT_MISSING_FI = "text_missing_fi"
    TEXT_MISSING_SV = "text_missing_sv"
    TEXT_MISSING_EN = "text_missing_en"
    TEXTS_EXPECTED = "texts_expected"
    TEXT_CUT_AT_COMMA = "text_cut_at_comma"
    TEXT_CUT_AT_HASH = "text_cut_at_hash"
    TEXT_CUT_IN_QUOTES = "text_cut_in_quotes"
    # Values
    CONTROL_CHARACTER = "control_character"
    BROKEN_CHARACTER = "broken_character"
    NOTHING_VISIBLE = "nothing_visible"
    TOO_LONG = "too_long"
    NOT_WHOLE_NUMBER = "not_whole_number"
    NUMBER_TOO_LARGE = "number_too_large"
    OUT_OF_BOUNDS = "out_of_bounds"
    NOT_A_DATE = "not_a_date"
    DATE_WRITTEN_OTHERWISE = "date_written_otherwise"
    NO_SUCH_DATE = "no_such_date"
    YEAR_OUT_OF_BOUNDS = "year_out_of_bounds"
    NOT_A_TIME = "not_a_time"
    NO_SUCH_TIME = "no_such_time"
    NOT_TRUE_OR_FALSE = "not_true_or_false"
    NOT_A_CODE = "not_a_code"
    NOT_A_KIND = "not_a_kind"
    NOT_AN_ALLOCATION = "not_an_allocation"
    DRAW_NOT_ASKED_FOR = "draw_not_asked_for"
    NOT_A_FACILITATOR = "not_a_facilitator"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_A_TIMEZONE = "not_a_timezone"
    NOT_A_WEEKDAY = "not_a_weekday"
    NO_WEEKDAY_LEFT = "no_weekday_left"
    HOURS_END_BEFORE_THEY_BEGIN = "hours_end_before_they_begin"
    # A template of a plan
    TEMPLATE_WITHOUT_YEAR = "template_without_year"
    NOT_A_WISHED_DAY = "not_a_wished_day"
    DATE_IN_TEMPLATE = "date_in_template"
    NOT_WEEKS_BEFORE = "not_weeks_before"
    # The book of agencies and the library of prompts
    CODE_TAKEN = "code_taken"
    TOO_MANY_AGENCIES = "too_many_agencies"
    NOT_A_MOMENT = "not_a_moment"
    WRONG_NUMBER_OF_QUESTIONS = "wrong_number_of_questions"
    TOO_MANY_CHOICES = "too_many_choices"
    KEY_TAKEN = "key_taken"
    KEY_TAKEN_HERE = "key_taken_here"
    # The privacy notice
    NOT_AN_EMAIL = "not_an_email"
    LIST_EMPTY = "list_empty"
    LIST_TOO_LONG = "list_too_long"
    NOT_A_DATA_KIND = "not_a_data_kind"
    DATA_KIND_TWICE = "data_kind_twice"
    DATA_KIND_MISSING = "data_kind_missing"
    CHANGE_MISSING = "change_missing"
    NOT_AN_ANCHOR_OF_TIME = "not_an_anchor_of_time"
    NOT_AN_AUDIENCE = "not_an_audience"
    KEEP_MISSING = "keep_missing"
    KEEP_NOT_OURS = "keep_not_ours"
    KEEP_EMPTY = "keep_empty"
    LOCK_EMPTY = "lock_empty"
    LOCK_NOT_FOR_THIS = "lock_not_for_this"
    PURPOSE_MISSING = "purpose_missing"


class Fault(Struct, frozen=True):
    """A fault in a file: the line (from 1), the field as a readable path, and a code with the parameters of
    its sentence. ``code`` is a FaultCode or a plan's Rule."""

    line: int
    field: str
    code: str
    params: Mapping[str, str | int] = {}


class FileFaultError(Exception):
    """A file can't be used. ``faults`` has every fault, by line; ``file`` is the file's name, where known."""

    def __init__(self, faults: list[Fault], file: str = "") -> None:
        super().__init__("; ".join(f"{file}:{fault.line}: {fault.field} {fault.code}" for fault in faults))
        self.faults = faults
        self.file = file
