"""Where the accounts of the night lie, for the map."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from callplan.model import Texts
from connector.roads.grid import names_of
from connector.roads.places import points
from connector.run import Run
from connector.store.mirror import Roster
from connector.store.spots import Mapped


def map_of(run: Run, roster: Roster, rep: Texts, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Mapped:
    """Of those rows of the roster that are an account each; `rep` is whose each account of the roster is."""
    ours = Roster(**{field.name: getattr(roster, field.name)[rows] for field in fields(roster)})
    latitude, longitude = points(ours)
    tier, specialty, cold = run.store.spots.judged(ours.npi)
    return Mapped(
        npi=ours.npi,
        record=ours.id,
        rep=np.char.lower(rep[rows]),
        cell=names_of(latitude, longitude),
        latitude=latitude,
        longitude=longitude,
        tier=tier,
        cold=cold,
        specialty=specialty,
        town=ours.city,
        state=ours.state,
        zip=ours.zip,
    )
