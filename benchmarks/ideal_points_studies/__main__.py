"""Run studies of the ideal points and print one line for each figure.

    python -m benchmarks.ideal_points_studies MIRROR coverage exact published sbc held sampler --runs 20

Each study uses about this many CPU-seconds: coverage 1 a replication, exact 40 a replication, published 15
and 10 a replication, sbc 5 a replication, held 20, planes 90 and 3 a replication, sampler 600. `--runs` is
the number of replications.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.ideal_points_studies.calibration import calibrate
from benchmarks.ideal_points_studies.coverage import both_engines, from_prior, from_published
from benchmarks.ideal_points_studies.held import held_out
from benchmarks.ideal_points_studies.planes import planes
from benchmarks.ideal_points_studies.referee import mixing

STUDIES: dict[str, Callable[[Path, int], None]] = {
    "coverage": from_prior,
    "exact": both_engines,
    "published": from_published,
    "sbc": calibrate,
    "held": held_out,
    "planes": planes,
    "sampler": mixing,
}


def main() -> None:
    """Read the command line and run the studies in turn."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ideal_points_studies",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("mirror", type=Path, help="the folder with the providers' files")
    parser.add_argument("studies", nargs="+", choices=STUDIES)
    parser.add_argument("--runs", type=int, default=12, help="replications (default 12)")
    given = parser.parse_args()
    for study in given.studies:
        STUDIES[study](given.mirror, given.runs)


if __name__ == "__main__":
    main()
