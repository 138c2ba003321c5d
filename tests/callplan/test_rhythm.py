"""Who is quiet by its own rhythm, and by plain recency: they differ where they should, on logs made by the model."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from callplan.bgnbd import Spread, fit
from callplan.model import Clue, Counts, Days, Log, QuietModel, QuietTestRules, RelationshipRules
from callplan.past import listen
from callplan.relationship import quiet_on, relationship
from callplan.rhythm import FEWEST, Heard, columns, heard, quiet_by_model, quiet_by_spread, to_come, together

TODAY = date(2026, 11, 23)
RULES = RelationshipRules(model=QuietModel.BG_NBD)
YEARS = 1460  # days before today
ADEYEMI, BRANDT, CASTILLO = 0, 1, 2  # a weekly writer, a yearly one, and one who has written twice


@cache
def others(many: int = 250) -> tuple[Counts, Counts]:
    """Accounts that write at a rate of their own until they leave for good, with the day of each mail before today."""
    rng, mails = np.random.default_rng(3), list[tuple[int, int]]()
    for account in range(3, many + 3):
        rate, leaves, day = rng.gamma(0.8, 1 / 50), rng.beta(0.8, 5), rng.uniform(0, YEARS / 2)
        while day < YEARS:
            mails.append((account, YEARS - int(day)))
            day += rng.exponential(1 / rate) if rng.random() > leaves else YEARS
    account, ago = np.array(mails).T
    return account, ago


def log(silent: int) -> tuple[Counts, Days]:
    """Of all, where the three have been silent for so many days."""
    ago = [*range(silent, silent + 728, 7)], [silent + 365 * year for year in range(4)], [silent, silent + 30]
    account, days = others()
    account = np.concatenate([np.repeat([ADEYEMI, BRANDT, CASTILLO], [*map(len, ago)]), account])
    return account, np.datetime64(TODAY) - np.concatenate([*ago, days])


def states(silent: int) -> tuple[list[str], list[str]]:
    """By the model and by plain recency."""
    of = heard(*log(silent), 253)
    found = quiet_by_model(of, RULES, TODAY)
    assert found.since is not None
    sides = found.since, quiet_on(of.last, RULES)
    model, recency = (relationship(of.days, since, RULES, TODAY)[:3].tolist() for since in sides)
    return model, recency


@pytest.mark.parametrize(
    ("silent", "model", "recency"),
    [
        (7, ["warm", "warm", "little_known"], ["warm", "warm", "little_known"]),
        (60, ["quiet", "warm", "little_known"], ["warm", "warm", "little_known"]),
        (120, ["quiet", "warm", "little_known"], ["quiet", "quiet", "little_known"]),
    ],
)
def test_a_weekly_writer_is_quiet_after_two_months_and_a_yearly_one_is_not_after_four(
    silent: int, model: list[str], recency: list[str]
) -> None:
    assert states(silent) == (model, recency)


def test_it_is_quiet_from_the_first_day_on_which_too_little_is_expected() -> None:
    of = heard(*log(100), 253)
    spread = fit(together(columns(Heard(of.first, of.last, of.days), np.datetime64(TODAY))))

    since = since_by(spread, of, TODAY)

    last = TODAY - timedelta(days=100)
    day = next(day for day in range(101) if expected_on(spread, last, day) < 0.5)
    assert since[ADEYEMI].item() == last + timedelta(days=day)
    assert since_by(spread, of, last + timedelta(days=day))[ADEYEMI] == since[ADEYEMI]
    assert np.isnat(since_by(spread, of, last + timedelta(days=day - 1))[ADEYEMI])


def since_by(spread: Spread, of: Heard, today: date) -> Days:
    found = quiet_by_spread(of, spread, RULES, today).since
    assert found is not None
    return found


def expected_on(spread: Spread, last: date, after: int) -> float:
    """Of Dr. Adeyemi in the next 90 days, on a day after the last mail."""
    return float(to_come(np.array([[103, 721, 721 + after]]), spread, 90 / 7)[0])


def test_the_order_of_mails_and_accounts_decides_nothing() -> None:
    account, day = log(60)
    shuffled, names = np.random.default_rng(4).permutation(len(account)), np.random.default_rng(5).permutation(253)

    plain = quiet_by_model(heard(account, day, 253), RULES, TODAY).since
    other = quiet_by_model(heard(names[account][shuffled], day[shuffled], 253), RULES, TODAY).since

    assert plain is not None
    assert other is not None
    assert other[names].tobytes() == plain.tobytes()


def test_ten_mails_of_one_day_are_one_day() -> None:
    account, day = log(60)

    once, tenfold = heard(account, day, 253), heard(np.repeat(account, 10), np.repeat(day, 10), 253)

    assert tenfold.days.tolist() == once.days.tolist()
    assert tenfold.days[:3].tolist() == [104, 4, 2]


def test_too_few_accounts_and_a_search_without_an_end_are_told_in_a_sentence() -> None:
    of = heard(*log(60), 253)
    enough = np.flatnonzero(of.days >= 3)[: FEWEST - 1]
    few = Heard(of.first[enough], of.last[enough], of.days[enough])

    none, broken = quiet_by_model(few, RULES, TODAY), quiet_by_spread(of, Spread(1, 1, 1, 1, False), RULES, TODAY)

    assert (none.since, broken.since) == (None, None)
    assert none.why_not == (
        "BG/NBD wants 100 accounts heard of on 3 days, and there are 99. "
        "So plain recency tells who is quiet tonight (`cold.relationship.model`)."
    )
    assert broken.why_not.startswith("The search for what BG/NBD takes for usual came to no end. So plain recency")


def test_evaluate_calls_quiet_whom_the_night_would_have() -> None:
    """Two snapshots, 90 and 1,190 days after the first mail."""
    account, ago = others()
    day, text = np.datetime64(TODAY) - ago, np.full(len(ago), "")
    of = Log(account.astype(str), day, day, text, text, text, text)

    found = listen(of, day == day, TODAY, QuietTestRules(90, 3, 9999, 1100, 0), np.random.default_rng(1))

    spread, quiet = None, 0
    for now in (day.min() + 90, day.min() + 1190):
        by_then = heard(account[day <= now], day[day <= now], 253)
        known = Heard(by_then.first[by_then.days > 0], by_then.last[by_then.days > 0], by_then.days[by_then.days > 0])
        spread = fit(together(columns(known, now)), spread)
        quiet += int(np.count_nonzero(~np.isnat(since_by(spread, known, now.item()))))
    assert [one.rule for one in found.called] == [Clue.RECENCY, Clue.BG_NBD]
    assert found.called[1].called == quiet > 0
