"""An invented case: three who levy tolls, an outsider at their table, and a decision that comes up again."""

from __future__ import annotations

HEAD = """\
detente: 1
title: Tolls
question: Do the three hold together?
as_of: 2020-01-01
rival: RUS
blocs:
  THREE: {title: The three, members: [DEU, FRA, POL], reason: Invented.}
issues:
  all: {title: All}
windows:
  w: {title: W, since: 2018-01-01, until: 2019-01-01}
agenda:
  blocs: [THREE]
  beside: [ITA]
  capability: {by: assumed, otherwise: 1.0, reason: Invented.}
  items:
    tolls:
      title: Height of tolls
      low: none
      high: high
      position:
        by: assumed
        values: {DEU: 0.3, FRA: 0.5, POL: 0.8, ITA: 0.4}
        spread: 0.05
        reason: Invented.
      salience: {by: assumed, otherwise: 0.5, reason: Invented.}
decisions:
  renewal:
    title: Tolls are renewed
    item: tolls
    bloc: THREE
    rule: unanimity
    proposal: 0.4
    otherwise: 0.0
    dates: [2020-03-01]
    every: half-year
    support: {doubt: {value: 0.1, low: 0.05, high: 0.2, reason: Invented.}}
"""
