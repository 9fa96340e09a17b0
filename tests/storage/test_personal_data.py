"""Every table says what it holds of people, how that is exported and erased, and for how long it is kept."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, String, Table

from bot.domain.privacy import DataKind
from bot.services.privacy.notice_file import read_notice
from storage.personal_data import NOT_PERSONAL, PERSONAL, Erasure, Personal
from storage.tables import metadata

IN_NO_TABLE = {DataKind.LOGS, DataKind.BACKUPS}
NAMES_SOMEBODY = {"author", "email", "facilitators", "name", "person_id", "recipient", "user_id"}
"""Columns that name a person wherever they stand."""

WHAT_TO_WRITE = """
Write what the table {table} holds of people into storage/personal_data.py:
    "{table}": Personal(of="person_id", export=(...), withheld=(...), erase=Erasure..., kept=DataKind...)
or into NOT_PERSONAL what it holds instead. A new DataKind also takes its period under `retention` in
programmes/privacy.yml, in fi, sv and en, and a raised `version` there."""
WHICH_COLUMNS = """
Write {columns} of {table} into `export` (a copy of somebody's data holds it) or `withheld` (it says nothing
of them, or is a secret) in storage/personal_data.py, or take out what is no column any more."""
NAMED = """
{table} is said to hold nothing of people, but {columns} name somebody: declare it in PERSONAL in
storage/personal_data.py."""


def flaws_of(
    metadata: MetaData, personal: dict[str, Personal], not_personal: dict[str, str]
) -> Iterator[str]:
    """What is not declared, or wrongly, and what to write."""
    for table in metadata.sorted_tables:
        declared = personal.get(table.name)
        if (declared is None) == (table.name not in not_personal):
            yield WHAT_TO_WRITE.format(table=table.name)
        elif declared is None:
            if named := sorted(names_in(table)):
                yield NAMED.format(table=table.name, columns=", ".join(named))
        else:
            listed = [*declared.export, *declared.withheld]
            wrong = set(listed) ^ set(table.columns.keys())
            wrong |= {each for each in listed if listed.count(each) > 1}
            if declared.of not in declared.export:
                wrong.add(declared.of)
            if wrong:
                yield WHICH_COLUMNS.format(table=table.name, columns=", ".join(sorted(wrong)))
    for name in (personal.keys() | not_personal.keys()) - metadata.tables.keys():
        yield f"{name} is no table any more: take it out of storage/personal_data.py"


def names_in(table: Table) -> set[str]:
    referring = {key.parent.name for key in table.foreign_keys if key.column.table.name == "person"}
    return referring | (NAMES_SOMEBODY & set(table.columns.keys()))


def test_every_table_says_what_it_holds_of_people() -> None:
    found = list(flaws_of(metadata, dict(PERSONAL), dict(NOT_PERSONAL)))
    assert not found, "\n".join(found)


def test_a_table_without_a_declaration_is_found_and_what_to_write_is_said() -> None:
    metadata = MetaData()
    Table("wish", metadata, Column("person_id", String, primary_key=True))
    (found,) = flaws_of(metadata, {}, {})
    assert '"wish": Personal(of="person_id"' in found


@pytest.mark.parametrize("name", sorted(NAMES_SOMEBODY))
def test_a_table_that_names_somebody_can_not_be_declared_as_not_personal(name: str) -> None:
    metadata = MetaData()
    Table("wish", metadata, Column(name, String, primary_key=True))
    (found,) = flaws_of(metadata, {}, {"wish": "nothing"})
    assert f"{name} name somebody" in found


def test_a_table_that_refers_to_people_by_another_name_is_personal_too() -> None:
    metadata = MetaData()
    Table("person", metadata, Column("id", String, primary_key=True))
    Table("wish", metadata, Column("by", ForeignKey("person.id"), primary_key=True))
    (found,) = flaws_of(metadata, {}, {"wish": "nothing", "person": "nobody"})
    assert "by name somebody" in found


def test_a_new_column_of_a_personal_table_must_be_declared() -> None:
    metadata = MetaData()
    Table("person", metadata, Column("id", String, primary_key=True), Column("shoe_size", String))
    declared = Personal("id", ("id",), (), Erasure.OWN_ROWS, DataKind.PROFILE)
    (found,) = flaws_of(metadata, {"person": declared}, {})
    assert "Write shoe_size of person" in found


def test_rows_that_go_with_the_person_are_deleted_by_the_database() -> None:
    for name, declared in PERSONAL.items():
        column = metadata.tables[name].columns[declared.of]
        cascades = {key.ondelete for key in column.foreign_keys if key.column.table.name == "person"}
        assert (declared.erase is Erasure.WITH_PERSON) == (cascades == {"CASCADE"}), name


def test_the_notice_says_for_each_kind_of_data_how_long_it_is_kept() -> None:
    said = [each.kind for each in read_notice().retention]
    assert sorted(said) == sorted(DataKind)
    assert {each.kept for each in PERSONAL.values()} == set(DataKind) - IN_NO_TABLE
