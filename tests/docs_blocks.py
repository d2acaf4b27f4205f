"""The code in the documentation: its blocks by page, and how to run a page from its first line to its last.

A page runs in a folder of its own that holds the files its text takes for granted (`files_for`). What a block
would fetch from a provider, ask of a cluster or of a model, or never end (a server) is left out, by `ASIDE`.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import shlex
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from detente.simulation.bargaining.ktab_files import read_scenario, write_csv
from tests.evidence.made_events import lines, written

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SHELL = ("sh", "console", "text")
ASIDE = {
    "detente events pull": "fetches from the network",
    "detente events count --engine bigquery": "asks a service",
    "detente serve": "never ends",
    "--scenario ./": "needs a patch with the digest of a baseline",
    "--patch ./": "needs a patch that the live page gave",
    "--as undl_votes": "needs a file that its provider gives by hand",
    "--deep 2": "takes two minutes of a core",
    "--endpoint": "asks a model",
    "import my.csv": "needs a table of the user's own",
    "tcp://10.": "asks a cluster",
    "SLURM_": "runs on a cluster's nodes",
    "detente data pull --dry-run": "names all sources, of which a mirror has some",
    "--format html,pdf": "needs a browser",
    "--format md,pdf": "needs a browser",
}
"""Commands, and blocks of Python, that are read and not run, and why."""
SHOWN = "..."
"""What is left out of a block of text that shows what is printed."""
FIRST = {
    "README.md": """
        brief asean -o before
        brief asean -o after
        """,
    "diff.md": "new mine",
    "live-page.md": "new mine",
    "serve.md": "project atlantic --scenario thaw --draws 100",
}
"""Commands that pages take for granted."""
GIVEN = {
    "README.md": """
        import pandas as pd, detente
        votes = pd.read_csv("votes.csv")
        detente.load("asean", draws=100).project().save("results")
        """,
    "ideal-points.md": """
        import pandas as pd
        new_session = pd.read_csv("votes.csv").assign(term=2010)
        """,
}
"""Python that pages take for granted."""


@dataclass(frozen=True)
class Block:
    """A block of code: its page, the line on which it begins, its language and its text."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def where(self) -> str:
        """Page and line, as an editor takes them."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def commands(self) -> Iterator[list[str]]:
        """Yield the words of every command of detente's in the block, without what follows it in a line."""
        for line in self.text.replace("\\\n", " ").splitlines():
            words = shlex.split(line.strip().removeprefix("$ "), comments=True)
            if words and words[0].removeprefix(".venv/bin/") == "detente":
                end = next((place for place, word in enumerate(words) if word in (">", "|", "&&")), None)
                yield words[1:end]


def pages() -> list[Path]:
    """Return the pages with prose: the README, and all that are not generated."""
    found = (page for page in DOCS.rglob("*.md") if not {"generated", "_build"} & set(page.parts))
    return [ROOT / "README.md", *sorted(found)]


def blocks(page: Path) -> list[Block]:
    """Return the blocks of code of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [Block(page, text[: each.start()].count("\n") + 2, each[1], each[2]) for each in found]


def every(*languages: str) -> list[Block]:
    """Return all blocks in some languages."""
    return [block for page in pages() for block in blocks(page) if block.language in languages]


def run_page(page: Path, folder: Path) -> str:
    """Run the blocks of a page in `folder`, one after another, and return all that they print or end with."""
    files_for(folder)
    names: dict[str, Any] = {"__name__": "page"}
    told, before = io.StringIO(), Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(told):
            for block in (*_first(page), *blocks(page)):
                if block.language == "python" and not any(part in block.text for part in ASIDE):
                    _run_python(block, names)
                elif block.language in SHELL:
                    _run_commands(block)
                elif named := re.match(r"# (\w+\.yaml)\n", block.text):
                    Path(named[1]).write_text(block.text, encoding="utf-8")
    finally:
        os.chdir(before)
    return told.getvalue()


def _first(page: Path) -> Iterator[Block]:
    """Yield what a page takes for granted, as blocks."""
    commands, code = (textwrap.dedent(held.get(page.name, "")) for held in (FIRST, GIVEN))
    if commands:
        lines = [f"detente {line}" for line in commands.splitlines() if line]
        yield Block(page, 1, "sh", "\n".join(lines))
    if code:
        yield Block(page, 1, "python", code)


def _run_python(block: Block, names: dict[str, Any]) -> None:
    """Run a block, and print what its last line comes to, as a notebook would."""
    tree = ast.parse(block.text)
    end = tree.body[-1] if tree.body else None
    last = end if isinstance(end, ast.Expr) else None
    tree.body = tree.body[:-1] if last is not None else tree.body
    exec(compile(ast.increment_lineno(tree, block.line - 1), block.where, "exec"), names)
    if last is not None:
        sys.stdout.write(f"{eval(compile(ast.Expression(last.value), block.where, 'eval'), names)}\n")


def _run_commands(block: Block) -> None:
    from detente.commands import main

    for words in block.commands():
        if any(part in f"detente {' '.join(words)}" for part in ASIDE):
            continue
        Path("draft.yaml").unlink(missing_ok=True)  # no draft is written over another
        try:
            main(words)
            code = 0
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        assert code in (0, 1), f"{block.where}: detente {' '.join(words)} ended with {code}"


def untold(page: Path, told: str) -> list[str]:
    """Return what a page shows as printed, and what it printed does not hold; `...` stands for anything."""
    printed, shown = " ".join(told.split()), _shown(page)
    parts = (" ".join(part.split()) for block in shown for part in block.text.split(SHOWN))
    return [part for part in parts if part not in printed]


def _shown(page: Path) -> Iterator[Block]:
    """Yield the blocks of text that show what is printed, and not what is typed."""
    for block in blocks(page):
        if (
            block.language == "text"
            and SHOWN in block.text
            and not re.search(r"^(detente|export) ", block.text, re.M)
        ):
            yield block


def files_for(folder: Path) -> None:
    """Write the files that pages take for granted."""
    terms, members = range(2000, 2010), ("Amsel", "Drossel", "Fink", "Star")
    votes = [
        (who, f"{term}-{bill}", term, _vote(place, bill + term), bill)
        for term in terms
        for bill in range(12)
        for place, who in enumerate(members)
    ]
    _write(folder / "votes.csv", ("member", "bill", "term", "vote", "text_id"), votes)
    matrix = [
        (who, bill, (-1, 1, 0)[(place + bill) % 3]) for place, who in enumerate(members) for bill in range(40)
    ]
    _write(folder / "matrix.csv", ("actor", "roll_call", "vote"), matrix)
    states = [("France", "Germany", 3), ("Germany", "Italy", 2), ("France", "Italy", -1)]
    codes = {"Amsel": "USA", "Drossel": "FRA"}
    states_voted = [(codes.get(who, who), *rest) for who, *rest, _ in votes]
    heads = ["actor", "roll_call", "session", "vote"]
    pl.DataFrame(states_voted, schema=heads, orient="row").write_parquet(folder / "votes.parquet")
    ties = [(a, b, a, b, size, size) for a, b, size in states]
    _write(folder / "ties.csv", ("a", "b", "who", "whom", "weight", "score"), ties)
    wants = [("Mill", "wage", 20, 60, 100), ("Union", "wage", 80, 90, 80), ("Council", "wage", 50, 30, 50)]
    _write(folder / "actors.csv", ("actor", "issue", "position", "salience", "capability"), wants)
    (folder / "smp.xml").write_text(XML, encoding="utf-8")
    write_csv(folder / "smp.csv", read_scenario(folder / "smp.xml").actors)
    _write(folder / "lng.csv", ("country", "partner", "year", "share"), [("France", "Russia", 2021, 20)])
    for name in ("article.txt", "article.html"):
        (folder / name).write_text(ARTICLE, encoding="utf-8")
    written(folder / "gdelt" / "20150218.export.CSV", lines(*EVENTS))
    outcome = ("sanctions", "2027-01-31", "yes", "", "Official Journal")
    _write(folder / "outcomes.csv", ("key", "due", "happened", "value", "source"), [outcome])


def _vote(place: int, turn: int) -> str:
    """Return some vote or other, by who votes and on which turn."""
    if (place + turn) % 9 == 0:
        return "absent"
    return "yes" if (place + turn) % 4 < 2 + place % 2 else "no"


def _write(path: Path, heads: tuple[str, ...], rows: list[Any]) -> None:
    lines = (",".join(map(str, row)) for row in (heads, *rows))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


ARTICLE = "France said on 20 February 2024 that sanctions had cut German imports by 20 per cent.\n"
EVENTS: list[dict[str, str]] = [{"SQLDATE": f"201502{day}"} for day in range(18, 28)]
XML = textwrap.dedent("""\
    <?xml version="1.0"?>
    <Scenario><name>Two</name><desc>a test</desc><prngSeed>7</prngSeed>
      <Dimensions><dName>budget</dName></Dimensions>
      <Actors>
        <Actor><name>A</name><description>first</description><capability>117.7</capability>
          <Position><dCoord>12.5</dCoord></Position><Salience><dSal>32.5</dSal></Salience></Actor>
        <Actor><name>B</name><description>second</description><capability>93.2</capability>
          <Position><dCoord>75</dCoord></Position><Salience><dSal>50</dSal></Salience></Actor>
      </Actors>
    </Scenario>
    """)
