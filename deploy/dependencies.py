"""What Kaiku depends on, from requirements/run.txt and the metadata of what is installed.

``python deploy/dependencies.py sbom`` prints a CycloneDX bill of materials, the same for the same lock file;
``python deploy/dependencies.py licences`` prints docs/licences.md.
"""

import json
import re
import sys
import uuid
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "run.txt"

SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",  # python-dateutil
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""SPDX identifiers for the licence names in packages with older metadata."""


@dataclass(frozen=True, slots=True)
class Package:
    """``needs`` are the names of its dependencies in the lock file."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def packages() -> list[Package]:
    """The locked packages that belong on this platform. Raises PackageNotFoundError."""
    lines = re.findall(
        r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)([^\\\n]*)", LOCK.read_text(encoding="utf-8"), re.M
    )
    locked: dict[str, set[str]] = {}
    for name, version, marker in lines:
        if "== 'win32'" not in marker:
            locked.setdefault(normal(name), set()).add(version)  # several: by Python's version
    found = []
    for name, versions in sorted(locked.items()):
        about = metadata(name)
        if about["Version"] not in versions:
            raise SystemExit(
                f"{name} {about['Version']} is installed, which is not locked. Run: make .venv/run"
            )
        asked = [each for each in about.get_all("Requires-Dist", []) if "extra ==" not in each]
        needs = {normal(re.split(r"[^\w.-]", each)[0]) for each in asked} & set(locked)
        classified = [
            each.rpartition(" :: ")[2] for each in about.get_all("Classifier", []) if "License ::" in each
        ]
        named = [about["License-Expression"], about["License"] if len(about["License"] or "") < 40 else None]
        written = next(filter(None, [*named, *classified]), "unknown")
        found.append(Package(name, about["Version"], SPDX.get(written, written), tuple(sorted(needs))))
    return found


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def bill_of_materials(found: list[Package]) -> str:
    """CycloneDX 1.6, as JSON."""
    version = re.search(r'VERSION = "(.+)"', (ROOT / "bot" / "version.py").read_text(encoding="utf-8"))
    assert version
    kaiku = {"type": "application", "bom-ref": "kaiku", "name": "kaiku", "version": version[1]}
    components = [
        {
            "type": "library",
            "bom-ref": each.purl,
            "name": each.name,
            "version": each.version,
            "purl": each.purl,
            "licenses": [{"expression": each.licence}],
        }
        for each in found
    ]
    refs = {each.name: each.purl for each in found}
    asked = (ROOT / "requirements" / "run.in").read_text(encoding="utf-8")
    direct = {normal(name) for name in re.findall(r"^([\w.-]+)", asked, re.MULTILINE)}
    direct |= set(refs) - {name for each in found for name in each.needs}  # by an extra of one of these
    graph = [{"ref": "kaiku", "dependsOn": sorted(refs[name] for name in direct)}]
    graph += [{"ref": each.purl, "dependsOn": [refs[name] for name in each.needs]} for each in found]
    content = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": kaiku},
        "components": components,
        "dependencies": graph,
    }
    serial = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(content, sort_keys=True))
    return json.dumps({"serialNumber": f"urn:uuid:{serial}", **content}, indent=1) + "\n"


def licences_page(found: list[Package]) -> str:
    """docs/licences.md."""
    rows = "\n".join(f"| {each.name} | {each.licence} |" for each in found)
    return (
        "# Licences of what Kaiku runs on\n\n"
        "Kaiku itself is under the MIT licence. These are the packages of `requirements/run.txt`, with the\n"
        "licence that each names. None is changed or copied into Kaiku. Made by `make licences`; a test\n"
        "fails when it is out of date.\n\n"
        f"| package | licence |\n|---|---|\n{rows}\n"
    )


if __name__ == "__main__":
    make = {"sbom": bill_of_materials, "licences": licences_page}[sys.argv[1]]
    sys.stdout.write(make(packages()))
