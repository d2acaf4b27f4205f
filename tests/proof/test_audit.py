"""The audit reads locks, licences, answers of pip-audit and figures of an installation, made up here."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

import pytest
from proof.audit.footprint import Footprint, Limits, cpu_of, measure
from proof.audit.licences import Kind, Licence, kind_of, named, read, vendored
from proof.audit.pins import Pin, read_pins, sets
from proof.audit.sbom import add_carried
from proof.audit.vulnerabilities import KNOWN_BAD, ask_all, read_answer

LOCK = """\
altair==6.3.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
# a note
Foo_Bar==1.0 ; python_full_version < '3'
foo-bar==2.0 ; python_full_version >= '3'
"""


def installed(folder: Path, headers: str, **files: str) -> Distribution:
    """Return a package installed in a folder, with these headers and files of licences."""
    home = folder / "made_up-1.0.dist-info"
    home.mkdir()
    (home / "METADATA").write_text(f"Metadata-Version: 2.4\nName: Made_Up\nVersion: 1.0\n{headers}\n")
    for name, text in files.items():
        (home / name).write_text(text)
    (home / "RECORD").write_text("".join(f"{home.name}/{name},,\n" for name in ("METADATA", *files)))
    [found] = distributions(path=[str(folder)])
    return found


def test_a_lock_is_read_with_its_markers() -> None:
    pins = read_pins(LOCK)
    assert list(map(str, pins)) == ["altair==6.3.0", "foo-bar==1.0", "foo-bar==2.0"]
    assert [pin.here for pin in pins] == [True, False, True]
    assert [list(map(str, each)) for each in sets(pins)] == [
        ["altair==6.3.0", "foo-bar==1.0"],
        ["foo-bar==2.0"],
    ]


@pytest.mark.parametrize("line", ["altair>=6.0", "-e .", "altair=6"])
def test_a_line_that_pins_nothing_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3 of the lock"):
        read_pins(f"a==1\nb==2\n{line}\n")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("MIT", Kind.PERMISSIVE),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", Kind.PERMISSIVE),
        ("MIT OR GPL-2.0-or-later", Kind.PERMISSIVE),
        ("MIT AND GPL-2.0-or-later", Kind.STRONG),
        ("MIT AND (GPL-2.0-only OR MPL-2.0)", Kind.WEAK),
        ("(MIT OR AGPL-3.0-only) AND Custom", Kind.UNKNOWN),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", Kind.WEAK),
        ("GNU Lesser General Public License v3 (LGPLv3)", Kind.WEAK),
        ("GNU General Public License v3", Kind.STRONG),
        ("BSD License; GNU Affero General Public License v3", Kind.STRONG),
        ("Apache Software License", Kind.PERMISSIVE),
        ("Proprietary", Kind.UNKNOWN),
        ("", Kind.UNKNOWN),
    ],
)
def test_how_far_a_licence_binds(words: str, kind: Kind) -> None:
    assert kind_of(words) is kind


@pytest.mark.parametrize(
    ("headers", "files", "place", "words"),
    [
        ("License-Expression: MIT\nLicense: GPL", {}, "expression", "MIT"),
        (
            "License: see file\nClassifier: License :: OSI Approved :: MIT License",
            {},
            "classifiers",
            "MIT License",
        ),
        ("Classifier: License :: OSI Approved\nLicense: Apache 2.0", {}, "field", "Apache 2.0"),
        ("License: see file", {"COPYING": "Permission is hereby\ngranted, free of charge"}, "files", "MIT"),
        ("License: see file", {"README": "Apache License"}, "field", "see file"),
    ],
)
def test_a_licence_is_sought_where_it_is_told(
    tmp_path: Path, headers: str, files: dict[str, str], place: str, words: str
) -> None:
    found = read(installed(tmp_path, headers, **files))
    assert (found.package, found.place, found.words) == ("made-up", place, words)
    assert bool(found.wrong) == (words == "see file")


def test_a_package_that_says_nothing_is_named(tmp_path: Path) -> None:
    assert (
        "made-up 1.0 has a licence that is not known (it says nothing)" in read(installed(tmp_path, "")).wrong
    )


@pytest.mark.parametrize(
    ("text", "brings"),
    [
        ("License: GPL-3.0-or-later WITH GCC-exception-3.1", ("GPL-3.0-or-later WITH GCC-exception-3.1",)),
        (
            "under the terms of the\n  GNU Library General Public License",
            ("GNU Library General Public License",),
        ),
        ("most releases have been GPL-compatible; the GNU General Public License (GPL), ...", ()),
    ],
)
def test_copyleft_inside_a_wheel_is_found(tmp_path: Path, text: str, brings: tuple[str, ...]) -> None:
    found = read(installed(tmp_path, "License-Expression: MIT", LICENSE=text))
    assert found.brings == brings
    assert ("that nobody has looked at" in found.wrong) == bool(brings)


def test_what_is_accepted_of_a_package_covers_nothing_new() -> None:
    brings = ("GCC Runtime Library Exception",)
    known = Licence("scikit-learn", "1", "BSD-3-Clause", "field", Kind.PERMISSIVE, brings)
    assert known.wrong == ""
    assert "LGPL-2.1-only" in replace(known, brings=("LGPL-2.1-only",)).wrong
    assert "MPL-2.0" in replace(known, words="MPL-2.0", kind=Kind.WEAK).wrong
    assert "GCC Runtime" in replace(known, package="other").wrong


def test_the_text_named_first_is_that_of_the_licence() -> None:
    assert named("Apache License\n...\nbrings parts under the GNU General Public License") == "Apache-2.0"
    assert named("All rights reserved") == ""


def told(**versions: list[str] | None) -> str:
    """Return what pip-audit would say: faults by package, or None where it skipped one."""
    return json.dumps(
        {
            "dependencies": [
                {"name": name, "skip_reason": "not found"}
                if faults is None
                else {
                    "name": name,
                    "version": "1.0",
                    "vulns": [{"id": fault, "fix_versions": ["1.1"]} for fault in faults],
                }
                for name, faults in versions.items()
            ]
        }
    )


def test_an_answer_tells_faults_and_what_was_skipped() -> None:
    found = read_answer(told(good=[], bad=["CVE-1"], lost=None))
    assert found.checked == ("good==1.0", "bad==1.0")
    assert found.faults == {"bad==1.0": ("CVE-1 (mended in 1.1)",)}
    assert found.unchecked == {"lost": "not found"}


def test_each_version_in_the_lock_is_asked_about() -> None:
    asked: list[list[Pin]] = []

    def ask(pins: list[Pin]) -> str:
        asked.append(pins)
        return told(jinja2=["CVE-1"]) if pins == [KNOWN_BAD] else told(a=["CVE-2"])

    found = ask_all([Pin("a", "1.0"), Pin("a", "2.0"), Pin("b", "1.0")], ask)
    assert [list(map(str, each)) for each in asked[1:]] == [["a==1.0", "b==1.0"], ["a==2.0"]]
    assert found.faults == {"a==1.0": ("CVE-2 (mended in 1.1)",)}


@pytest.mark.parametrize("answer", [told(jinja2=None), told(jinja2=[]), "", "{}"])
def test_an_index_that_knows_no_known_fault_is_not_believed(answer: str) -> None:
    found = ask_all([Pin("a", "1.0")], lambda pins: answer)
    assert (found.checked, found.faults) == ((), {})
    assert list(found.unchecked) == ["a==1.0"]


def test_every_limit_that_is_not_kept_is_named() -> None:
    fair = Footprint(49, 449, 100, 0.29, 0.29)
    assert fair.wrong(Limits()) == []
    large = Footprint(50, 450, 100, 0.3, 0.3, heaviest=(("heavy", 300.0),))
    said = large.wrong(Limits())
    assert len(said) == 4
    assert "50 packages" in said[0]
    assert "heavy 300" in said[1]
    assert "`detente --help` takes 0.30" in said[3]


def test_an_installation_is_measured(tmp_path: Path) -> None:
    environment, libraries = tmp_path / "env", tmp_path / "env" / "lib"
    libraries.mkdir(parents=True)
    package = installed(libraries, "License-Expression: MIT", LICENSE="x" * 1_000_000)
    (libraries / "some.pyc").write_bytes(b"x" * 500_000)
    (environment / "bin").mkdir()
    for name in ("python", "detente"):
        program = environment / "bin" / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    found = measure(environment, libraries, [package])
    assert (found.packages, round(found.megabytes, 1), found.megabytes_compiled) == (1, 1.5, 0.5)
    assert found.heaviest[0][0] == "Made_Up"
    assert found.heaviest[0][1] == pytest.approx(1, abs=0.01)


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(Exception, match="exit status 3"):
        cpu_of("sh", "-c", "exit 3")


CARRIED = json.dumps(
    {
        "files": [
            {"package": "draw", "version": "1", "file": "d.js", "sha256": "aa", "licence": "GPL-3.0-only"}
        ]
    }
)


def test_what_the_wheel_carries_has_its_licence_and_its_place_in_the_bill() -> None:
    assert vendored(CARRIED)[0].kind is Kind.STRONG
    bill: dict[str, Any] = {
        "metadata": {"component": {"bom-ref": "root"}},
        "components": [{"name": "numpy"}],
        "dependencies": [{"ref": "root", "dependsOn": ["numpy"]}, {"ref": "numpy"}],
    }
    whole = add_carried(bill, CARRIED)
    assert [each["name"] for each in whole["components"]] == ["numpy", "draw"]
    assert whole["dependencies"][0] == {"ref": "root", "dependsOn": ["npm-draw", "numpy"]}
    assert {"ref": "npm-draw"} in whole["dependencies"]
    assert len(bill["components"]) == 1
