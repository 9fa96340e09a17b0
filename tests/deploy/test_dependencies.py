"""The bill of materials and the page of licences are those of the lock file."""

import json
import re
import runpy
from pathlib import Path

from tests.conftest import ROOT

made = runpy.run_path(str(Path(ROOT, "deploy/dependencies.py")))
PACKAGES = made["packages"]()


def test_the_page_of_licences_is_current() -> None:
    page = Path(ROOT, "docs/licences.md").read_text(encoding="utf-8")
    assert page == made["licences_page"](PACKAGES), "run make licences"


def test_every_licence_is_named_by_its_identifier() -> None:
    identifiers = r"[A-Za-z0-9.-]+( (AND|OR) [A-Za-z0-9.-]+)*"
    assert [each for each in PACKAGES if not re.fullmatch(identifiers, each.licence)] == []
    assert "unknown" not in {each.licence for each in PACKAGES}


def test_the_bill_of_materials_is_whole_and_the_same_each_time() -> None:
    text = made["bill_of_materials"](PACKAGES)
    bill = json.loads(text)
    assert text == made["bill_of_materials"](made["packages"]())
    assert bill["bomFormat"] == "CycloneDX"
    refs = {each["bom-ref"] for each in bill["components"]} | {"kaiku"}
    lock = Path(ROOT, "requirements/run.txt").read_text(encoding="utf-8")
    locked = {name.lower() for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)} - {"colorama"}
    assert len(locked) > 50
    assert {each["name"] for each in bill["components"]} >= locked
    reached, ahead = set(), {"kaiku"}
    graph = {each["ref"]: set(each["dependsOn"]) for each in bill["dependencies"]}
    while ahead:
        reached |= ahead
        ahead = set().union(*(graph[each] for each in ahead)) - reached
    assert reached == refs
