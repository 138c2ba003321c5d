"""A territory that does not exist: sample claims for made-up providers in Iowa, in CMS's own layout.

Seeded, so that everybody sees the same. NPIs have a right check digit and begin with 2, which NPPES has never issued,
so they belong to nobody. Specialties, yearly volumes and their spread over codes follow the margins of 848 real device
specialists in Florida (Medicare Part B, 2014-2023); no row of that file is here, and no descriptor of a code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

FILE = "sample_provider_service.csv"
COLUMNS = [
    "Rndrng_NPI",
    "Rndrng_Prvdr_Last_Org_Name",
    "Rndrng_Prvdr_First_Name",
    "Rndrng_Prvdr_Ent_Cd",
    "Rndrng_Prvdr_City",
    "Rndrng_Prvdr_State_Abrvtn",
    "Rndrng_Prvdr_Zip5",
    "Rndrng_Prvdr_Type",
    "HCPCS_Cd",
    "HCPCS_Desc",
    "Place_Of_Srvc",
    "Tot_Benes",
    "Tot_Srvcs",
]

# Specialty: providers in the real file, mean and deviation of the logarithm of a year's services, share of each code.
SPECIALTIES: dict[str, tuple[int, float, float, dict[str, float]]] = {
    "Cardiology": (
        392,
        8.53,
        0.42,
        {"99214": 0.30, "93000": 0.16, "93306": 0.13, "99232": 0.12, "99213": 0.10, "93010": 0.08, "78452": 0.05}
        | {"93458": 0.012, "93280": 0.012, "92928": 0.006, "93454": 0.004, "33208": 0.002},
    ),
    "Interventional Cardiology": (
        86,
        8.22,
        0.37,
        {"99214": 0.30, "93306": 0.13, "93000": 0.12, "99232": 0.11, "99213": 0.11, "99233": 0.07, "78452": 0.04}
        | {"93458": 0.026, "92928": 0.013, "37226": 0.006, "33361": 0.003, "92941": 0.003},
    ),
    "Clinical Cardiac Electrophysiology": (
        52,
        8.35,
        0.5,
        {"99214": 0.22, "93000": 0.15, "93298": 0.13, "93296": 0.12, "93294": 0.09, "93280": 0.07, "99213": 0.05}
        | {"93656": 0.014, "33208": 0.013, "33249": 0.008, "93650": 0.004},
    ),
    "Orthopedic Surgery": (
        121,
        8.36,
        0.51,
        {"99213": 0.26, "20610": 0.18, "99214": 0.15, "97110": 0.09, "99203": 0.06, "73562": 0.06, "73030": 0.04}
        | {"27447": 0.019, "27130": 0.012, "22612": 0.003},
    ),
    "Vascular Surgery": (
        51,
        7.53,
        0.59,
        {"99213": 0.18, "93970": 0.17, "93971": 0.13, "99214": 0.09, "93880": 0.08, "93925": 0.06, "36478": 0.035}
        | {"36475": 0.034, "36471": 0.03, "37227": 0.012, "36902": 0.01},
    ),
    "Interventional Pain Management": (
        60,
        8.48,
        0.33,
        {"99214": 0.31, "99213": 0.28, "80307": 0.07, "64483": 0.05, "64493": 0.043, "64494": 0.04, "99204": 0.03}
        | {"64635": 0.025, "62323": 0.02, "63650": 0.003},
    ),
    "Pain Management": (
        47,
        8.36,
        0.32,
        {"99214": 0.33, "99213": 0.23, "64483": 0.053, "80307": 0.05, "99204": 0.046, "64493": 0.039, "20610": 0.034}
        | {"64635": 0.02, "62323": 0.019, "63650": 0.003},
    ),
    "Interventional Radiology": (
        18,
        7.36,
        0.53,
        {"71045": 0.12, "99213": 0.09, "93970": 0.08, "70450": 0.07, "99214": 0.06, "36902": 0.056, "36907": 0.02}
        | {"36475": 0.018, "37241": 0.006},
    ),
    "Neurosurgery": (
        14,
        7.26,
        0.52,
        {"99213": 0.26, "99214": 0.15, "99204": 0.11, "99232": 0.06, "64493": 0.034, "63047": 0.034, "22551": 0.013}
        | {"22633": 0.012, "22612": 0.012},
    ),
}
TOWNS = (  # name, ZIP, weight by population
    ("Des Moines", "50309", 21),
    ("Cedar Rapids", "52401", 14),
    ("Davenport", "52801", 10),
    ("Iowa City", "52240", 10),
    ("Sioux City", "51101", 9),
    ("Ankeny", "50021", 7),
    ("Waterloo", "50701", 7),
    ("Ames", "50010", 6),
    ("Council Bluffs", "51501", 6),
    ("Dubuque", "52001", 6),
    ("Mason City", "50401", 4),
    ("Fort Dodge", "50501", 3),
    ("Ottumwa", "52501", 3),
    ("Burlington", "52601", 3),
    ("Carroll", "51401", 2),
    ("Decorah", "52101", 1),
)
FIRST = [
    "Alma",
    "Bruno",
    "Cora",
    "Dario",
    "Edda",
    "Falk",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Levi",
    "Mara",
    "Nils",
    "Olga",
    "Pavel",
    "Rosa",
    "Sven",
    "Tilda",
    "Uwe",
]
LAST = [
    "Aldermoor",
    "Birkenfall",
    "Cloverdane",
    "Drumlock",
    "Elmsworth",
    "Fennigan",
    "Garrowby",
    "Hollinsea",
    "Ivarsted",
    "Jessamond",
    "Kettlewood",
    "Lorrimere",
    "Marchpane",
    "Northbriar",
    "Oakhurstly",
    "Penderwyn",
    "Quillfeather",
    "Ravensholt",
    "Silverbeck",
    "Thistledon",
    "Umberleigh",
    "Vandermoss",
    "Wexcombe",
    "Yarrowfield",
]
FRIENDS = (  # in every example, test and page: name, specialty, code to relevant volume
    ("Adeyemi", "Ngozi", "Interventional Cardiology", 9_800),
    ("Brandt", "Lukas", "Cardiology", 4_600),
    ("Castillo", "Rosa", "Orthopedic Surgery", 350),
)


def write_sample(folder: Path, seed: int = 7, accounts: int = 400) -> Path:
    """The sample claims: a row for each provider, code and place, as CMS publishes them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with path.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        for number in range(accounts):
            rows.writerows(_provider(number, Random(f"{seed}-{number}")))
    return path


def _provider(number: int, rng: Random) -> Iterator[list[object]]:
    """Cells of fewer than 11 patients are absent, as CMS leaves them out."""
    specialty = rng.choices(list(SPECIALTIES), [s[0] for s in SPECIALTIES.values()])[0]
    first, last = rng.choice(FIRST), rng.choice(LAST)
    town, zip_code, _ = rng.choices(TOWNS, [t[2] for t in TOWNS])[0]
    _, mean, deviation, shares = SPECIALTIES[specialty]
    services = rng.lognormvariate(mean, deviation)
    if number < len(FRIENDS):
        last, first, specialty, services = FRIENDS[number]
        (town, zip_code, _), shares = TOWNS[0], SPECIALTIES[specialty][3]
    about = [_npi(number), last, first, "I", town, "IA", zip_code, specialty]
    scale = services / sum(shares.values())
    for code, share in shares.items():
        count = round(scale * share * rng.lognormvariate(0, 0.35))
        patients = round(count / rng.uniform(1.0, 1.6))
        if patients >= 11:
            yield [*about, code, "", rng.choice("FO"), patients, count]


def _npi(number: int) -> str:
    """Nine digits from 2, and the Luhn check over 80840 and them."""
    nine = f"2{number:08d}"
    doubled = sum(sum(divmod(int(d) * 2, 10)) for d in nine[::-2])
    plain = sum(int(d) for d in nine[-2::-2])
    return f"{nine}{-(24 + doubled + plain) % 10}"
