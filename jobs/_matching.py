"""The accounts of which something is to be asked, beside the providers that they could be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from callplan.duplicates import accounts_of, suggest_keeping, suspect
from callplan.matching import suggest_npis
from callplan.model import Listed, Sort, Suggestion, Texts, npi_is_valid
from callplan.several import lists_several, suggest_of_several
from connector.contract import CrmId
from connector.run import Run
from connector.store.mirror import Roster

RULES = "1"  # another number where the rules of a suggestion have changed: what was found is found anew
LONGEST = 12  # characters beyond which a field may hold a second NPI


def fingerprint(run: Run) -> str:
    """Of accounts, inputs and what was decided: as long as it is the same, nothing would come of looking again."""
    roster, refused = run.store.mirror.roster(), sorted(run.store.matches.refused())
    inputs = [
        RULES,
        run.intake.claims.vintage,
        *sorted({c.npi for c in run.closures}),
        *sorted(run.windows),
        str(refused),
        str(sorted(run.store.matches.standing().into.items())),
    ]
    said = hashlib.sha256("\n".join(inputs).encode())
    for column in (roster.id, roster.npi, roster.name, roster.zip, roster.city, roster.state):
        said.update("\n".join(column.tolist()).encode())
    return said.hexdigest()


def of_accounts(run: Run) -> list[Suggestion]:
    roster, into = run.store.mirror.roster(), run.store.matches.standing().into
    usable = np.array([npi_is_valid(npi) for npi in roster.npi.tolist()], dtype=np.bool_)
    lacking = np.flatnonzero(~usable & ~np.isin(roster.id, np.array(list(into), dtype=np.str_)))
    accounts, typed = listed(roster, lacking), _typed(run, roster, lacking)
    many = np.array([lists_several(typed[id_], name) for id_, name in _named(accounts)], dtype=np.bool_)
    taken, claims = set(roster.npi[usable].tolist()), run.intake.claims
    providers = Listed(claims.npi, claims.name, claims.city, claims.state, claims.zip, claims.specialty)
    return [
        *suggest_npis(listed(roster, lacking[~many]), typed, providers, taken),
        *suggest_of_several(listed(roster, lacking[many]), typed, providers, taken),
        *_doubles(run, roster, usable, into),
    ]


def _doubles(run: Run, roster: Roster, usable: np.ndarray, into: Mapping[str, str]) -> list[Suggestion]:
    rows = np.flatnonzero(~np.isin(roster.id, np.array(list(into), dtype=np.str_)))
    npis = np.where(usable, roster.npi, "")[rows].tolist()
    accounts = accounts_of(listed(roster, rows), npis, roster.owner[rows].tolist(), run.store.matches.logged.touched())
    refused = {(record, to) for sort, record, to in run.store.matches.refused() if sort == Sort.KEEP}
    return [*suggest_keeping(accounts, refused), *suspect(accounts)]


def listed(roster: Roster, rows: np.ndarray) -> Listed:
    nothing: Texts = np.full(len(rows), "", dtype=np.str_)
    columns = (roster.id, roster.name, roster.city, roster.state, roster.zip)
    record, name, city, state, zip_code = (column[rows] for column in columns)
    return Listed(record, name, city, state, zip_code, nothing)


def _named(accounts: Listed) -> list[tuple[str, str]]:
    return list(zip(accounts.id.tolist(), accounts.name.tolist(), strict=True))


def _typed(run: Run, roster: Roster, rows: np.ndarray) -> dict[str, str]:
    """What the NPI's field says; of a long text all of it, of which the mirror keeps the beginning."""
    typed = dict(zip(roster.id[rows].tolist(), roster.npi[rows].tolist(), strict=True))
    long = [CrmId(record) for record, said in typed.items() if len(said) > LONGEST]
    whole = run.store.mirror.values_of(run.account_fields.npi, long) if long else {}
    return typed | {str(record): str(said) for record, said in whole.items() if said}
