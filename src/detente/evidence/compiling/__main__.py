"""`python -m detente.evidence.compiling MIRROR [--check]`: write the shipped fact tables, or compare them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from detente.errors import DetenteError
from detente.evidence.compiling import registry


def main(words: Sequence[str] | None = None) -> int:
    """Compile from the folder named first; return 0, or 1 where `--check` finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m detente.evidence.compiling", description=__doc__)
    parser.add_argument("mirror", type=Path, help="folder with the providers' files, laid out as the mirror")
    parser.add_argument("--check", action="store_true", help="compare with what is shipped, change nothing")
    chosen = parser.parse_args(words)
    try:
        if chosen.check:
            registry.check(chosen.mirror)
        else:
            for path, rows in registry.write(chosen.mirror).items():
                sys.stdout.write(f"{rows:6} rows  {path}\n")
    except DetenteError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
