"""Claims in: CMS files as they are downloaded, or a file of your own by its columns.

    layouts.py   which columns a layout has, and how its header gives it away
    files.py     bytes to rows: gz, zip, encodings, separators; the line that each row stands on
    read.py      rows to claims: check digits, counts, duplicates, sums by provider and code
    history.py   past years and months, for `callplan evaluate`; periods.py puts them in order

Rows that cannot be used are rejected with line and reason, and the rest goes on; a file that cannot be trusted
stops the night before it has touched anything.
"""

from connector.intake.read import FileRead, Intake, Rejected, read_claims

__all__ = ["FileRead", "Intake", "Rejected", "read_claims"]
