"""Which provider an account without a usable NPI could be: by its name, where it is, and an NPI that is nearly right.

Each thing that agrees makes the pair so many times likelier, each that does not so much less (weights in bits). A
pair's confidence is its share among everybody who could be meant, and among them is always "somebody who is not on
file". So two namesakes in one town get half each, however well both agree. Nothing is decided here: a person is asked.

Shapes   accounts (n,), providers (m,); compared are only pairs that share a place and a word of the name, or of which
         the typed NPI is nearly right
Source   the weights' idea: Fellegi and Sunter 1969; their values and what a confidence has been worth are measured in
         bench/matches.py, and told in docs/how-to/unmatched-records.md
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

from callplan.model import Listed, Sort, Suggestion, npi_is_valid
from callplan.names import Agreement, Name, first_names, heads, last_names, practices, read_name

SOMEBODY_ELSE = 11.0  # bits against anybody on file being meant
LEAST, MOST = 25, 99  # confidence of what is shown, and the most that names and places can give
FEW = 3  # suggestions for one account
LONGEST = 64  # characters of what a field says that are kept

LAST = {Agreement.SAME: 8.0, Agreement.PART: 5.0, Agreement.NEAR: 4.5}
FIRST = {
    Agreement.SAME: 5.0,
    Agreement.SHORT: 3.5,
    Agreement.NEAR: 3.0,
    Agreement.INITIAL: 2.0,
    Agreement.UNKNOWN: 0.0,
    Agreement.OTHER: -7.0,
}
MIDDLE = {Agreement.SAME: 1.5, Agreement.INITIAL: 1.0, Agreement.OTHER: -3.0}
PRACTICE = {Agreement.SAME: 11.0, Agreement.NEAR: 7.0}
SUFFIX_DIFFERS = -3.0
PLACES = {
    "same ZIP": 5.0,
    "same city": 4.0,
    "ZIPs near each other": 2.0,
    "same state": 0.0,
    "another state": -4.0,
    "": 0.0,
}
NEARLY_RIGHT = 12.0

SAYS = {
    Agreement.SAME: "same {}",
    Agreement.PART: "{} agrees in one word",
    Agreement.NEAR: "{} one letter off",
    Agreement.SHORT: "{} is a nickname of the other",
    Agreement.INITIAL: "{} agrees by its initial",
    Agreement.UNKNOWN: "{} not on both",
    Agreement.OTHER: "{} differs",
}


class Weighed(NamedTuple):
    bits: float
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """An account or a provider, as it is compared."""

    name: Name
    city: str
    state: str
    zip: str


def weigh(one: Party, other: Party) -> Weighed | None:
    """How much likelier it is that both are the same; None where their names are not. Symmetric."""
    names = (
        _persons(one.name, other.name) if one.name.person and other.name.person else _practices(one.name, other.name)
    )
    if not names:
        return None
    place = where(one, other)
    return Weighed(names.bits + PLACES[place], (*names.said, *([place] if place else [])))


def where(one: Party, other: Party) -> str:
    if one.zip and one.zip == other.zip:
        return "same ZIP"
    same_state = one.state == other.state or not one.state or not other.state
    if one.city and one.city == other.city and same_state:
        return "same city"
    if one.zip and one.zip[:3] == other.zip[:3]:
        return "ZIPs near each other"
    if not one.state or not other.state:
        return ""
    return "same state" if same_state else "another state"


def _persons(one: Name, other: Name) -> Weighed | None:
    last, first, middle = (
        last_names(one, other),
        first_names(one.first, other.first),
        first_names(one.middle, other.middle),
    )
    if last not in LAST:
        return None
    bits, said = LAST[last] + FIRST[first], [SAYS[last].format("last name"), SAYS[first].format("first name")]
    if middle in MIDDLE:
        bits, said = bits + MIDDLE[middle], [*said, SAYS[middle].format("middle name")]
    if one.suffix and other.suffix and one.suffix != other.suffix:
        bits, said = bits + SUFFIX_DIFFERS, [*said, "Jr or Sr differs"]
    return Weighed(bits, tuple(said))


def _practices(one: Name, other: Name) -> Weighed | None:
    alike = practices(one, other)
    if one.person is not other.person or alike not in PRACTICE:
        return None
    return Weighed(PRACTICE[alike], ("same name" if alike is Agreement.SAME else "name almost the same",))


def nearly_right(typed: str) -> frozenset[str]:
    """The NPIs that a person could have meant: one digit off, left out or typed twice, or two neighbours swapped."""
    digits = "".join(c for c in typed if c.isascii() and c.isdigit())
    if len(digits) == 11:
        return _valid(digits[:at] + digits[at + 1 :] for at in range(11))
    if len(digits) == 9:
        return _valid(digits[:at] + put + digits[at:] for at in range(10) for put in "0123456789")
    if len(digits) != 10:
        return frozenset()
    # itself, where other characters stand around it; those with one digit changed, those with two swapped
    changed = (digits[:at] + put + digits[at + 1 :] for at in range(10) for put in "0123456789")
    swapped = (digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(9))
    return _valid(changed) | _valid(swapped)


def _valid(npis: Iterator[str]) -> frozenset[str]:
    return frozenset(npi for npi in npis if npi_is_valid(npi))


def suggest_npis(accounts: Listed, typed: Mapping[str, str], providers: Listed, taken: Set[str]) -> list[Suggestion]:
    """A few for each account, never of those taken; `typed` is what the NPI's field of each says."""
    said = [typed.get(record, "") for record in accounts.id.tolist()]
    parties = [_party(accounts, row) for row in range(len(accounts.id))]
    found: dict[int, list[tuple[float, str, str]]] = defaultdict(list)
    for account, row in _pairs(parties, said, providers):
        npi, other = str(providers.id[row]), _party(providers, row)
        if weighed := weigh(parties[account], other):
            near = npi in nearly_right(said[account])
            evidence = _evidence(said[account], near, weighed, providers, row)
            found[account].append((weighed.bits + NEARLY_RIGHT * near, npi, evidence))
    return [
        Suggestion(Sort.NPI, str(accounts.id[account]), npi, confidence, evidence, said[account][:LONGEST])
        for account in sorted(found, key=lambda row: str(accounts.id[row]))
        for npi, confidence, evidence in _best(found[account], taken)
    ]


def share(bits: float, every: list[float]) -> int:
    """Of a hundred, among all that were found and somebody who was not."""
    return min(MOST, int(100 * 2.0**bits / (2.0**SOMEBODY_ELSE + sum(2.0**one for one in every))))


def _best(found: list[tuple[float, str, str]], taken: Set[str]) -> list[tuple[str, int, str]]:
    every = [bits for bits, _, _ in found]
    shares = sorted(((share(bits, every), npi, why) for bits, npi, why in found), key=lambda one: (-one[0], one[1]))
    return [(npi, sure, why) for sure, npi, why in shares if sure >= LEAST and npi not in taken][:FEW]


def _evidence(typed: str, near: bool, weighed: Weighed, providers: Listed, row: int) -> str:
    said = [f'"{providers.name[row]}"', *weighed.said]
    said += [f"{typed} is nearly that NPI"] if near else []
    about = ", ".join(
        filter(None, (str(providers.specialty[row]), str(providers.city[row]), str(providers.state[row])))
    )
    return ", ".join(said) + (f"; {about}" if about else "")


def _pairs(parties: list[Party], typed: list[str], providers: Listed) -> Iterator[tuple[int, int]]:
    """Accounts and providers worth comparing, each pair once: one pass over millions, and nothing kept of most."""
    near, word = _wanted(parties, typed)
    if not (near or word):
        return
    columns = (providers.id.tolist(), providers.name.tolist(), providers.zip.tolist(), providers.state.tolist())
    for row, (npi, name, zip_code, state) in enumerate(zip(*columns, strict=True)):
        met = set(near.get(npi, ()))
        area, upper = zip_code[:3], name.upper() if name.isascii() else read_name(name).words
        for token in upper.replace("'", "").replace(",", " ").replace("-", " ").split():
            met.update(word.get((area, token[:3]), ()))
            met.update(word.get((state, token), ()))
        for account in sorted(met):
            yield account, row


def _wanted(parties: list[Party], typed: list[str]) -> tuple[dict[str, list[int]], dict[tuple[str, str], list[int]]]:
    """Accounts by NPIs that are nearly theirs; and by how a word begins near their ZIP, or all of it in their state."""
    near, word = defaultdict[str, list[int]](list), defaultdict[tuple[str, str], list[int]](list)
    for row, party in enumerate(parties):
        for npi in nearly_right(typed[row]):
            near[npi].append(row)
        for head in heads(party.name):
            if party.zip:
                word[party.zip[:3], head[:3]].append(row)
            if party.state:
                word[party.state, head].append(row)
    return dict(near), dict(word)


def party_of(name: str, city: str, state: str, zip_code: str) -> Party:
    return Party(read_name(name), city.strip().upper(), state.strip().upper(), zip_code.strip()[:5])


def _party(listed: Listed, row: int) -> Party:
    return party_of(str(listed.name[row]), str(listed.city[row]), str(listed.state[row]), str(listed.zip[row]))
