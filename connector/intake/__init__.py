"""Claims, registry, affiliations and payments in: public files as they are downloaded, or a file of your own.

    catalogue.py      the layouts, one entry each; layouts.py says what an entry is, detect.py which one fits
    files.py          which files, unpacked; text.py and books.py make rows of them, each with its line
    reading.py        one file row by row: used, passed over or rejected, with reasons; cells.py, tally.py
    read.py           claims, summed by provider and procedure; lines.py for those of single patients
    registries.py     the rest, as columns: enumeration.py, affiliations.py, payments.py
    brought.py        tiers that a team brings itself, and who is closed; own.py is how such tables look
    weeks.py          when accounts see reps, and when reps are away
    rejects.py        all rows that could not be used, in a file
    history.py        past years and months, for `callplan evaluate`; periods.py puts them in order
    visits.py         a log of visits, for `callplan evaluate cold`
    look.py           what a file is taken for, for `callplan intake`

Rows that cannot be used are rejected with line and reason, and the rest goes on; a file that cannot be trusted
stops the night before it has touched anything. No id of a patient or claim leaves a reading.
"""

from connector.intake.brought import ReadyTier, read_access
from connector.intake.look import Look, look_at
from connector.intake.read import Intake, read_claims, read_inputs
from connector.intake.registries import Registries, read_registries
from connector.intake.rejects import add_rejects, rejects_in
from connector.intake.tally import FileRead, Reason, Rejected
from connector.intake.weeks import LeaveOf, TableRead, read_leave, read_windows

__all__ = [
    "FileRead",
    "Intake",
    "LeaveOf",
    "Look",
    "ReadyTier",
    "Reason",
    "Registries",
    "Rejected",
    "TableRead",
    "add_rejects",
    "look_at",
    "read_access",
    "read_claims",
    "read_inputs",
    "read_leave",
    "read_registries",
    "read_windows",
    "rejects_in",
]
