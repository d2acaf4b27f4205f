"""Proofs for every year of the General Assembly: all states that voted, each pair's tie its π of the year.

    python -m benchmarks.camps_studies.un_years MIRROR

MIRROR is the folder with the providers' files. Prints a line a year: states, ties, the frustration of the
camps, the proven bound, what is left between the two, and the CPU-seconds of annealing and of the proof.
Twice: `common` is π with squared distances over the roll calls that both attended, of all who voted;
`record` is π with absolute distances, chance from each one's whole record, of those who voted in half of the
roll calls.
Uses about 15 CPU-seconds, most of them to read the votes and to compile.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.ideal_points_data import say
from detente.evidence import Evidence
from detente.measurement import agreement
from detente.measurement.ballots import MISSING, read_ballots
from detente.measurement.networks import chance
from detente.measurement.networks.annealing import anneal
from detente.measurement.networks.dense_search import bound_dense_two
from detente.measurement.networks.graph import SignedGraph, frustration
from detente.measurement.snapshot import pulled_votes

YEARS = range(1946, 2020)
KINDS = "common", "record"
UNIT = 0.001
VOTERS = """
    SELECT DISTINCT actor FROM votes JOIN roll_calls USING (roll_call)
    WHERE year(date) = ? AND vote <> 'absent' ORDER BY actor
"""


@dataclass(frozen=True)
class Line:
    """What came out for one graph."""

    size: int
    ties: int
    frustration: int
    bound: float
    method: str
    annealing: float
    proof: float

    @property
    def left(self) -> float:
        return self.frustration - self.bound


def year_graph(evidence: Evidence, year: int, kind: str) -> SignedGraph | None:
    """Return the ties of a calendar year in thousandths, or None where there was no roll call."""
    actors = evidence.query(VOTERS, (year,))["actor"].tolist()
    if not actors:
        return None
    ballots = read_ballots(evidence, actors=actors, start=date(year, 1, 1), end=date(year, 12, 31))
    codes = ballots.codes
    if kind == "record":
        codes = codes[(codes != MISSING).mean(axis=1) >= 0.5]
        value = chance.record(codes, agreement.pair_tables(codes), measure="pi", power=1)
    else:
        value = chance.common(agreement.pair_tables(codes), measure="pi", power=2)
    weight = np.triu(np.rint(np.nan_to_num(value) / UNIT).astype(np.int64), 1)
    first, second = np.nonzero(weight)
    return SignedGraph(len(codes), first, second, weight[first, second])


def prove(graph: SignedGraph, limit: float) -> Line:
    """Return camps and their proof, with `limit` seconds for the latter."""
    start = time.process_time()
    labels = anneal(graph)
    found = time.process_time()
    proof = bound_dense_two(graph, labels, deadline=time.monotonic() + limit)
    done = time.process_time()
    best = frustration(graph, labels if proof.labels is None else proof.labels)
    figures = best, proof.bound, proof.method, found - start, done - found
    return Line(graph.size, len(graph.weight), *figures)


def lines(evidence: Evidence, kind: str, limit: float) -> Iterator[Line]:
    """Yield the years in turn, each said as it comes."""
    for year in YEARS:
        graph = year_graph(evidence, year, kind)
        if graph is None:
            say(f"{kind} {year}: no roll call")
            continue
        line = prove(graph, limit)
        say(
            f"{kind} {year}: {line.size} states, {line.ties} ties, frustration {line.frustration}, "
            f"bound {line.bound:.0f}, left {line.left:.0f} ({line.left / max(line.frustration, 1):.2%}), "
            f"CPU-s {line.annealing:.2f} and {line.proof:.3f}, {line.method}"
        )
        yield line


def main() -> None:
    """Read the command line and go through the years."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mirror", type=Path, help="the folder with the providers' files")
    parser.add_argument("--limit", type=float, default=120, help="seconds for each proof (default 120)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, pulled_votes(given.mirror, Path(folder)) as evidence:
        for kind in KINDS:
            graph = year_graph(evidence, YEARS[0], kind)
            assert graph is not None
            prove(graph, given.limit)  # compiles
            found = list(lines(evidence, kind, given.limit))
            say(
                f"{kind}: {sum(line.left < 1 for line in found)} of {len(found)} proven; CPU-s of annealing "
                f"{sum(line.annealing for line in found):.1f}, of proofs "
                f"{sum(line.proof for line in found):.2f}, at most {max(line.proof for line in found):.2f}"
            )
    say(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
