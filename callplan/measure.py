"""What a database is asked of the claims: relevant volume, the gate that is shut, percentile, decile and score.

One expression for every engine. Rules are tables that are joined in, so the question reads the same whatever the rules
are. Volumes are integers until the last division, so neither the order of rows nor the engine changes a byte.

Shapes   in: the tables below, whose rows callplan/assess.py makes of the rules, and a database of the claims;
         out: one row a provider, in no order: `npi`, `kind` (of specialty), `volume`, `family` (an index, -1 where
         none), `gate`, `percentile`, `decile`; `score` where it is not the percentile; `share` (-1 where no diagnosis
         is on file) where diagnoses are asked for
Units    in: volume and weight in thousandths, `floor` in millionths, as their product is; out: procedures, percent
Source   docs/decisions/0019-one-expression-for-every-engine.md
"""

from __future__ import annotations

import ibis
from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr.types import BooleanColumn, Table

from callplan.gates import Gate

MILLIONTHS = 1_000_000
MOST_FAMILIES = 1000

CLAIMS = {"npi": "int64", "code": "string", "volume": "int64"}
DIAGNOSED = {"diagnosis": "string", "diagnosed": "int64"}  # `diagnosed` is the volume with a diagnosis
WEIGHTS = ("volume_weight", "diagnosis_weight", "size_weight")
PROVIDERS = {"npi": "int64", "specialty": "string"}
SIZED = {"size": "int64"}  # 0 where unknown
RULES = {
    "relevant": {"code": "string", "family": "int64", "weight": "int64"},
    "specialties": {"specialty": "string", "kind": "int64", "targeted": "int64"},
    "closed": {"npi": "int64"},
    "diagnoses": {"category": "string"},
    "settings": dict.fromkeys(["floor"], "int64") | dict.fromkeys(["min_share", *WEIGHTS], "float64"),
}


def measure(*, diagnoses: bool, by_diagnosis: bool, by_size: bool) -> Table:
    """The whole question; most will ask the shortest, without any of these."""
    claims = _table("claims", CLAIMS | DIAGNOSED if diagnoses else CLAIMS)
    providers = _table("providers", PROVIDERS | SIZED if by_size else PROVIDERS)
    rows = _gates(_volumes(claims, diagnoses), providers, diagnoses, by_size, by_diagnosis or by_size)
    parts = {"diagnosis": ("listed", _.diagnosed > 0)} if by_diagnosis else {}
    return _score(rows, diagnoses, parts | ({"size": ("size", _["size"] > 0)} if by_size else {}))


def _table(name: str, columns: dict[str, str]) -> Table:
    return ibis.table(columns, name=f"callplan_{name}")


def _rules(name: str) -> Table:
    return _table(name, RULES[name])


def _exact(amount: Deferred) -> Deferred:
    """Engines widen a sum of integers, each to a type of its own."""
    return amount.sum().cast("decimal(38, 0)").cast("int64")


def _ratio(part: Deferred, whole: Deferred | int) -> Deferred:
    """No engine need know what to do with a division by zero."""
    return part.cast("float64") / ibis.greatest(whole, 1).cast("float64")


def _volumes(claims: Table, diagnoses: bool) -> Table:
    """By provider. The largest family comes along in the digits below its volume, the first of equals winning."""
    lines = claims.inner_join(_rules("relevant"), "code")
    sums = {"volume": _exact(_.volume * _.weight)}
    if diagnoses:
        category = lines.diagnosis.left(3).upper()
        lines = lines.mutate(listed=category.isin(_rules("diagnoses").category))
        sums["listed"] = _exact(ibis.cases((_.listed, _.diagnosed * _.weight), else_=0))
        sums["diagnosed"] = _exact(_.diagnosed * _.weight)
    by_family = lines.group_by("npi", "family").agg(**sums)
    largest = (_.volume * MOST_FAMILIES + (MOST_FAMILIES - 1 - _.family)).max()
    return by_family.group_by("npi").agg(largest=largest, **{name: _exact(_[name]) for name in sums})


def _gates(volumes: Table, providers: Table, diagnoses: bool, size: bool, weights: bool) -> Table:
    """Everybody, with the first gate that is shut. A specialty is a number from here on: ranks are by specialty."""
    specialties, closed, settings = _rules("specialties"), _rules("closed"), _rules("settings")
    joined = (
        providers.inner_join(specialties, "specialty")
        .left_join(volumes, providers.npi == volumes.npi)
        .left_join(closed, providers.npi == closed.npi)
        .cross_join(settings)
    )
    volume = volumes.volume.fill_null(0)
    shut = [
        (specialties.targeted == 0, Gate.SPECIALTY),
        (volume <= 0, Gate.PROCEDURES),
        (volume < settings.floor, Gate.FLOOR),
        *([(_is_rare(volumes, settings), Gate.DIAGNOSIS)] if diagnoses else []),
        (closed.npi.notnull(), Gate.ACCESS),
    ]
    return joined.select(
        providers.npi,
        specialties.kind,
        gate=ibis.cases(*((when, int(what)) for when, what in shut), else_=int(Gate.OPEN)),
        volume=volume,
        largest=volumes.largest,
        **({name: volumes[name].fill_null(0) for name in ("listed", "diagnosed")} if diagnoses else {}),
        **({"size": providers["size"]} if size else {}),
        **({name: settings[name] for name in WEIGHTS} if weights else {}),
    )


def _is_rare(volumes: Table, settings: Table) -> BooleanColumn:
    """Without a diagnosis on file nothing is known of it, which is not zero."""
    return (volumes.diagnosed > 0) & (_ratio(volumes.listed, volumes.diagnosed) < settings.min_share)


def _score(rows: Table, diagnoses: bool, parts: dict[str, tuple[str, Deferred]]) -> Table:
    """Ranks are among the open ones of a specialty, so that the others are neither ranked nor counted.

    `parts` of the score beside volume: of which column each is the percentile, and of whom it is known.
    """
    up_to, all_of_them = _ranks("volume")
    sums = {"up_to": _.volume.sum().over(up_to), "total": _.volume.sum().over(all_of_them)}
    ranks = {f"{name}_percentile": _percentile(of, known) for name, (of, known) in parts.items()}
    rows = rows.mutate(percentile=_percentile("volume"), **sums, **ranks)
    tenths_above = _ratio((_.total - _.up_to) * 10, _.total).floor().cast("int64")
    share = ibis.cases((_.diagnosed > 0, _ratio(_.listed, _.diagnosed)), else_=-1)
    score = _weighed({name: known for name, (_of, known) in parts.items()})
    return rows.select(
        "npi",
        kind=_.kind.cast("int32"),
        gate=_.gate.cast("int32"),
        family=ibis.cases((_.volume > 0, MOST_FAMILIES - 1 - _.largest % MOST_FAMILIES), else_=-1).cast("int32"),
        volume=_.volume.cast("float64") / ibis.literal(MILLIONTHS).cast("float64"),
        percentile=_if_open(_.percentile),
        decile=_if_open(10 - tenths_above).cast("int32"),
        **({"score": _if_open(score)} if parts else {}),
        **({"share": share} if diagnoses else {}),
    )


def _weighed(parts: dict[str, Deferred]) -> Deferred:
    """The score where it is not the percentile. What is not known of a provider counts as the volume does."""
    score = _.percentile * _.volume_weight
    for name, known in parts.items():
        score += ibis.cases((known, _[f"{name}_percentile"]), else_=_.percentile) * _[f"{name}_weight"]
    return score


def _percentile(of: str, *among: Deferred) -> Deferred:
    """Those of the specialty that are open and have no more, ties included, of all that are open."""
    up_to, all_of_them = _ranks(of, *among)
    return _ratio(_.count().over(up_to) * 100, _.count().over(all_of_them))


def _ranks(of: str, *among: Deferred) -> tuple[object, object]:
    group = [_.kind, _.gate, *among]  # those with the same gate shut are among themselves
    return (
        ibis.window(group_by=group, order_by=_[of], range=(None, 0)),
        ibis.window(group_by=group, order_by=_[of], range=(None, None)),
    )


def _if_open(value: Deferred) -> Deferred:
    return ibis.cases((_.gate == int(Gate.OPEN), value), else_=0)
