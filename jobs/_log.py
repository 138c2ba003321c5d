"""What the store has logged, as the log of a back-test: by account, with the tier that the account has at present."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from callplan.model import Log, Marks, Npi
from callplan.touches import qualifies
from connector.config import Config
from connector.store import Store
from connector.store.days import local_days
from jobs._touches import touches_of


def own_log(store: Store, config: Config, today: date) -> tuple[Log, Marks, Marks]:
    """Up to that day; which rows count as a touch, and which come from the account's side."""
    seen, roster, zone = store.mirror.interactions(), store.mirror.roster(), ZoneInfo(config.time_zone)
    held = {npi: assignment.tier.value for npi, assignment in store.plan.assignments().items()}
    tier = np.array([held.get(Npi(npi), "") for npi in roster.npi.tolist()], dtype=np.str_)
    row = {record: at for at, record in enumerate(roster.id.tolist())}
    account = np.array([row.get(record, -1) for record in seen.account.tolist()], dtype=np.int64)
    touches, created = touches_of(seen, account, zone), local_days(seen.created, zone)
    day = touches.at
    counted = qualifies(touches, tier, config.cold_rules().touches, today)
    inbound = qualifies(touches, tier, config.cold.relationship.rules().touches, today)
    ours = (account >= 0) & (day <= np.datetime64(today, "D"))
    log = Log(
        account=seen.account,
        day=day,
        created=np.where(np.isnat(created), day, created),
        tier=tier[account] if len(tier) else np.full(len(account), ""),
        rep=seen.owner,
        kind=seen.kind,
        direction=seen.direction,
    )
    return log.of(ours), counted[ours], inbound[ours]
