"""Makes the camps that ship with detente, from all roll calls: see `shipped_camps`."""

from __future__ import annotations

import json

import pandas as pd

from detente import files
from detente.cases import load_case, shipped_cases
from detente.evidence import Evidence
from detente.measurement import camp_frames
from detente.measurement.blocs import groups, memberships
from detente.measurement.networks import shipped_camps
from detente.measurement.networks.in_case import computed
from detente.measurement.shipped import FOLDER
from detente.measurement.unity import Setting

DECIMALS = 4
SEED = 0
DRAWS = 1000
PATIENCE = 10.0
"""What ships may take this many times the time that a case allows for proofs."""


def write(evidence: Evidence, *, source: str) -> None:
    """Write the camps of every shipped case that asks for them into the package."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in camp_frames.FRAMES}
    keys: dict[str, str] = {}
    for name in shipped_cases():
        case = load_case(name)
        if case.camps is None:
            continue
        spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
        setting = Setting(case, spells, tuple(sorted(groups(case, spells))), DRAWS, SEED)
        mine = shipped_camps.key(setting)
        if mine in keys:
            continue
        keys[mine] = name
        told = computed(setting, evidence, report=print, patience=PATIENCE)
        for table, frame in told.tables.items():
            parts[table].append(frame.assign(key=mine))
    for table, held in parts.items():
        frame = pd.concat([each for each in held if len(each)] or held[:1], ignore_index=True)
        if table == "detachment":
            again = frame.duplicated(["key", "bloc", "period"])
            frame = frame.assign(core=frame["core"].mask(again))
        text = _rounded(frame)[shipped_camps.stored(table)].to_csv(index=False, lineterminator="\n")
        files.write_text(FOLDER / shipped_camps.file_of(table), text)
    row = evidence.sources().set_index("id").loc[source]
    told_about = {
        "method": shipped_camps.METHOD, "source": source, "vintage": row["vintage"], "sha256": row["sha256"],
        "seed": SEED, "draws": DRAWS, "keys": sorted(keys),
    }  # fmt: skip
    files.write_text(FOLDER / shipped_camps.ABOUT, json.dumps(told_about, indent=2) + "\n")


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    figures = [str(name) for name in frame if pd.api.types.is_float_dtype(frame[name])]
    return frame.assign(**{name: frame[name].round(DECIMALS) + 0.0 for name in figures})
