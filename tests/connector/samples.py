"""Made-up files for the intake's tests: valid NPIs, claim lines, an Excel workbook without anything that writes one."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from callplan.model import npi_is_valid
from connector.config import ClaimsSource
from connector.intake import Intake, Look, Registries, look_at, read_claims, read_registries

ADEYEMI, BRANDT, CASTILLO, WRONG = "2000000010", "2000000028", "2000000036", "2000000011"
MADE_UP = "9999283093"  # with a right check digit, in the sample that CMS publishes


def silent(*_: object, **__: object) -> None: ...


def npi(number: int) -> str:
    start = f"1{number:08d}"
    return next(start + last for last in "0123456789" if npi_is_valid(start + last))


def written(path: Path, header: Sequence[str], *rows: Sequence[object], separator: str = ",") -> Path:
    lines = [separator.join(str(cell) for cell in row) for row in (header, *rows)]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def source(path: Path, **told: object) -> ClaimsSource:
    return ClaimsSource.model_validate({"path": str(path), **told})


def claims(*paths: Path, **told: object) -> Intake:
    return read_claims([source(path, **told) for path in paths], base=Path("/"), log=silent)


def registries(*paths: Path) -> Registries:
    return read_registries([source(path) for path in paths], base=Path("/"), log=silent)


def look(path: Path, **told: object) -> Look:
    return look_at(path, source(path, **told))


LINES = (
    *("BENE_ID", "CLM_ID", "LINE_NUM", "PRF_PHYSN_NPI", "HCPCS_CD", "LINE_SRVC_CNT", "LINE_1ST_EXPNS_DT"),
    *("LINE_ICD_DGNS_CD", "LINE_ICD_DGNS_VRSN_CD", "PRNCPAL_DGNS_CD", "FINAL_ACTION", "LINE_PRCSG_IND_CD"),
)


def line(
    patient: object,
    claim: object,
    provider: str = ADEYEMI,
    code: str = "33249",
    *,
    day: str = "18-Mar-2018",
    services: object = 1,
    diagnosis: str = "I4891",
    final: str = "F",
    status: str = "A",
) -> tuple[object, ...]:
    return (patient, claim, 1, provider, code, services, day, diagnosis, "0", "I10", final, status)


def lines(path: Path, *rows: Sequence[object]) -> Path:
    return written(path, LINES, *rows, separator="|")


def workbook(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    """The least that Excel opens: cells as inline text or numbers, None as no cell at all."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packed = "http://schemas.openxmlformats.org/package/2006"
    names = list(sheets)
    with zipfile.ZipFile(path, "w") as book:
        kinds = [("/xl/workbook.xml", "sheet.main"), *((f"/xl/{n}.xml", "worksheet") for n in range(len(names)))]
        types = "".join(
            f'<Override PartName="{part}" '
            f'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
            for part, kind in kinds
        )
        rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        book.writestr("[Content_Types].xml", f'{head}<Types xmlns="{packed}/content-types">{rels}{types}</Types>')
        book.writestr("_rels/.rels", _relations(head, packed, [("officeDocument", "xl/workbook.xml")]))
        parts = [("worksheet", f"{n}.xml") for n in range(len(names))]
        book.writestr("xl/_rels/workbook.xml.rels", _relations(head, packed, parts))
        listed = "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="r{n}"/>' for n, name in enumerate(names))
        book.writestr(
            "xl/workbook.xml", f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
        )
        for n, rows in enumerate(sheets.values()):
            table = "".join(f'<row r="{at}">{_cells(row, at)}</row>' for at, row in enumerate(rows, 1))
            book.writestr(f"xl/{n}.xml", f'{head}<worksheet xmlns="{main}"><sheetData>{table}</sheetData></worksheet>')
    return path


def _relations(head: str, packed: str, parts: Sequence[tuple[str, str]]) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    each = "".join(
        f'<Relationship Id="r{n}" Type="{kind}/{name}" Target="{to}"/>' for n, (name, to) in enumerate(parts)
    )
    return f'{head}<Relationships xmlns="{packed}/relationships">{each}</Relationships>'


def _cells(row: Sequence[object], at: int) -> str:
    return "".join(
        f'<c r="{chr(65 + n)}{at}"><v>{cell}</v></c>'
        if isinstance(cell, int | float)
        else f'<c r="{chr(65 + n)}{at}" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'
        for n, cell in enumerate(row)
        if cell is not None
    )
