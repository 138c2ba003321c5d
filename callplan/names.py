"""Names of people and practices as CRMs and claims write them, brought to one form, and how far two agree.

A name is read as "Last, First M" where it has a comma that no credential follows, else as "First M Last". Accents,
dots, titles and credentials go; hyphens part a compound last name into its words. A practice keeps its words and has no
last name.

Shapes   agreement is symmetric: of two names, in whichever order, it says the same
Source   the nicknames are everyday English. A last name that is also a credential (Do, Ma, Pa) is read as a name behind
         a single first name, and is lost behind two
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.fuzz import token_sort_ratio


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words("DR DRS DOCTOR DOCTORS PROF PROFESSOR MR MRS MS MISS")
CREDENTIALS = _words("""
    MD DO PHD DPM DDS DMD DC OD RN NP PA PAC CRNA CNP FNP APRN ARNP ACNP DNP MPH MBA MS MSC MA MBBS MBCHB FACC FSCAI
    FACS FHRS FASE FACP FACOG FAAOS FAHA FESC FRCP FRCS FAAP FACEP FCCP MSN PHARMD PT DPT RPH ESQ BS
""")
SUFFIXES = _words("JR SR II III IV")
PRACTICE = _words("""
    LLC LLP PLLC INC CORP PC PLC CLINIC CLINICS CENTER CENTRE HOSPITAL HOSPITALS ASSOCIATES ASSOC GROUP PRACTICE HEALTH
    HEALTHCARE MEDICAL MEDICINE CARE CARDIOLOGY ORTHOPEDICS ORTHOPAEDICS SURGERY SURGICAL SURGEONS UROLOGY RADIOLOGY
    HEART VASCULAR INSTITUTE LABORATORY LAB SERVICES PHYSICIANS SPECIALISTS PARTNERS FOUNDATION UNIVERSITY AMBULATORY
    IMAGING DEPARTMENT COMPANY
""")
PARTICLES = _words("DE DEL DELLA DER DEN DI DA DOS DU LA LE VAN VON EL AL BIN TEN TER ST SAN MC MAC")
NICKNAMES = (
    "WILLIAM BILL WILL BILLY LIAM",
    "ROBERT BOB ROB BOBBY BERT",
    "RICHARD DICK RICK RICH",
    "JAMES JIM JIMMY JAMIE",
    "JOHN JACK JOHNNY JON",
    "JONATHAN JON",
    "MICHAEL MIKE MICK",
    "JOSEPH JOE JOEY",
    "THOMAS TOM TOMMY",
    "CHARLES CHUCK CHARLIE",
    "EDWARD ED EDDIE TED NED",
    "THEODORE TED TEDDY",
    "DAVID DAVE",
    "DANIEL DAN DANNY",
    "STEPHEN STEVEN STEVE",
    "CHRISTOPHER CHRIS",
    "CHRISTINE CHRISTINA CHRIS TINA",
    "MATTHEW MATT",
    "ANTHONY TONY",
    "GREGORY GREG",
    "KENNETH KEN KENNY",
    "RONALD RON",
    "DONALD DON",
    "TIMOTHY TIM",
    "JEFFREY GEOFFREY JEFF GEOFF",
    "LAWRENCE LARRY",
    "ANDREW ANDY DREW",
    "BENJAMIN BEN",
    "SAMUEL SAMANTHA SAM",
    "ALEXANDER ALEXANDRA ALEX SANDRA",
    "NICHOLAS NICK",
    "PATRICK PATRICIA PAT TRISH",
    "PETER PETE",
    "PHILIP PHILLIP PHIL",
    "RAYMOND RAY",
    "FREDERICK FRED",
    "GERALD JERRY GERRY",
    "LEONARD LEN",
    "VINCENT VINCE",
    "WALTER WALT",
    "ELIZABETH LIZ BETH BETTY ELIZA LISA",
    "KATHERINE CATHERINE KATHRYN KATE KATHY CATHY",
    "MARGARET MEG PEGGY MAGGIE",
    "JENNIFER JEN JENNY",
    "DEBORAH DEBRA DEB DEBBIE",
    "SUSAN SUE",
    "REBECCA BECKY",
    "VICTORIA VICKY",
    "PAMELA PAM",
    "BARBARA BARB",
)
CALLED = {
    name: frozenset(at for at, line in enumerate(NICKNAMES) if name in line.split())
    for name in " ".join(NICKNAMES).split()
}
BETWEEN = re.compile(r"\s*(?:&|/|;|\+|\band\b)\s*", re.IGNORECASE)
SAME_PRACTICE, ALIKE_PRACTICE = 97, 90  # of 100, by words in any order


class Agreement(Enum):
    SAME = "same"
    PART = "part"  # one word of a compound name
    SHORT = "short"  # a nickname
    INITIAL = "initial"
    NEAR = "near"  # one letter off, or two swapped
    UNKNOWN = "unknown"  # one of the two does not say
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Name:
    last: tuple[str, ...]  # the words of it; () of a practice
    first: str
    middle: str
    suffix: str
    words: str  # all of it, in one form

    @property
    def person(self) -> bool:
        return bool(self.last)


@lru_cache(maxsize=1 << 16)
def read_name(text: str) -> Name:
    plain = _plain(text)
    words = _parted(plain.replace(",", " ").split())
    if any(word in PRACTICE for word in words):
        return Name((), "", "", "", " ".join(words))
    parts = [kept for part in plain.split(",") if (kept := _without_titles(part.split()))]
    suffix = next((word for part in parts for word in part if word in SUFFIXES), "")
    parts = [kept for part in parts if (kept := [word for word in part if word not in SUFFIXES])]
    if not parts:
        return Name((), "", "", "", " ".join(words))
    last, given = (parts[0], parts[1]) if len(parts) > 1 else _from_the_end(parts[0])
    last, given = _parted(last), _parted(given)
    return Name(tuple(last), *_given(given), suffix, " ".join([*given, *last]))


def heads(name: Name) -> tuple[str, ...]:
    """By which words of a name others like it are found: the longest of a practice's, the last name's of a person."""
    return name.last or tuple(sorted(name.words.split(), key=lambda word: (-len(word), word))[:2])


def people_in(text: str) -> list[str]:
    """The names of a record that lists several; one or none, if it does not."""
    parts = [part for part in BETWEEN.split(text) if part]
    named = [
        part
        for part in parts
        if [
            word
            for word in _without_titles(_plain(part).replace(",", " ").split())
            if len(word) > 1 and word not in PRACTICE
        ]
    ]
    return named if len(named) == len(parts) > 1 else named[:1]


def last_names(one: Name, other: Name) -> Agreement:
    if one.last == other.last:
        return Agreement.SAME
    if set(one.last) & set(other.last) - PARTICLES:
        return Agreement.PART
    return Agreement.NEAR if _near("".join(one.last), "".join(other.last)) else Agreement.OTHER


def first_names(one: str, other: str) -> Agreement:
    if not one or not other:
        return Agreement.UNKNOWN
    if one == other:
        return Agreement.SAME
    if min(len(one), len(other)) == 1:
        return Agreement.INITIAL if one[0] == other[0] else Agreement.OTHER
    if CALLED.get(one, frozenset()) & CALLED.get(other, frozenset()):
        return Agreement.SHORT
    return Agreement.NEAR if _near(one, other) else Agreement.OTHER


def practices(one: Name, other: Name) -> Agreement:
    alike = token_sort_ratio(one.words, other.words)
    if alike >= SAME_PRACTICE:
        return Agreement.SAME
    return Agreement.NEAR if alike >= ALIKE_PRACTICE else Agreement.OTHER


def _near(one: str, other: str) -> bool:
    """One letter off or two swapped, of names that are long enough for that to say something."""
    return min(len(one), len(other)) > 3 and DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1


def _plain(text: str) -> str:
    """Capitals without accents; dots and apostrophes gone."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = re.sub(r"[.'’`]", "", re.sub(r"\([^)]*\)", " ", text).upper())
    return re.sub(r"[^\w,&/;+-]+|_", " ", text).strip()


def _parted(words: list[str]) -> list[str]:
    return [part for word in words for part in word.split("-") if part]


def _without_titles(words: list[str]) -> list[str]:
    """A credential behind two names is one; "Anh Do" has none."""
    kept = [word for word in words if word not in TITLES]
    while len(kept) > 2 and kept[-1] in CREDENTIALS:
        kept.pop()
    return [] if kept and all(word in CREDENTIALS for word in kept) else kept


def _from_the_end(words: list[str]) -> tuple[list[str], list[str]]:
    at = len(words) - 1
    while at > 1 and words[at - 1] in PARTICLES:
        at -= 1
    return words[at:], words[:at]


def _given(words: list[str]) -> tuple[str, str]:
    return (words[0] if words else ""), (words[1] if len(words) > 1 else "")
