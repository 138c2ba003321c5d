"""SOAP as the Metadata API writes it: results, records of a type, and faults."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from sandbox.salesforce.calls import Answer
from sandbox.salesforce.metadata.markup import NAMESPACE

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_XML = {"Content-Type": "text/xml; charset=UTF-8"}
Reply = list[tuple[str, Any]]  # elements by name, in order; a list is many of one name


class Typed(str):
    """The XML of one component, written as a record of its type."""

    def __new__(cls, type: str, inside: str) -> Typed:
        made = super().__new__(cls, inside)
        made.type = type
        return made

    type: str


def reply(name: str, results: list[Reply]) -> Answer:
    inside = "".join(f"<result>{_write(one)}</result>" for one in results)
    said = f'<{name}Response xmlns="{NAMESPACE}">{inside}</{name}Response>'
    return Answer(200, _envelope(said), _XML)


def _write(said: Reply) -> str:
    return "".join(_element(name, one) for name, value in said for one in _many(value))


def _many(value: Any) -> list[Any]:
    """Many of one name, or one: a list of pairs is the inside of one."""
    is_many = isinstance(value, list) and not (value and isinstance(value[0], tuple))
    return value if is_many else [value]


def _element(name: str, value: Any) -> str:
    if isinstance(value, Typed):
        return f'<{name} xsi:type="{value.type}">{value}</{name}>' if value else f'<{name} xsi:nil="true"/>'
    if isinstance(value, list):
        return f"<{name}>{_write(value)}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<{name}>{text}</{name}>"


def fault(code: str, words: str) -> Answer:
    space = f'xmlns:sf="{NAMESPACE}"'
    said = f"<faultcode>{code}</faultcode><faultstring>{escape(words)}</faultstring>"
    return Answer(500, _envelope(f"<soapenv:Fault {space}>{said}</soapenv:Fault>"), _XML)


def _envelope(inside: str) -> bytes:
    spaces = f'xmlns:soapenv="{_ENVELOPE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    text = f"<soapenv:Envelope {spaces}><soapenv:Body>{inside}</soapenv:Body></soapenv:Envelope>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()
