"""What a question is, and what came of asking it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import ModuleType

from tests.conformance.hubspot.portal import NotAsked, Odd
from tests.conformance.hubspot.workshop import Workshop


class Verdict(Enum):
    AS_ASSUMED = "as assumed"
    OTHERWISE = "otherwise"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    ask: Callable[[Workshop], str]
    assumed: tuple[str, ...]  # any of these

    def put(self, shop: Workshop) -> tuple[Verdict, str]:
        """The verdict, and a line that says it."""
        shop.remarks.clear()
        try:
            seen = self._seen(shop)
        except NotAsked as why:
            return Verdict.NOT_ASKED, f"{self.text} not asked: {why}"
        if seen in self.assumed:
            remarks = f" ({'; '.join(shop.remarks)})" if shop.remarks else ""
            return Verdict.AS_ASSUMED, f"{self.text} as assumed{remarks}"
        return Verdict.OTHERWISE, f"{self.text} otherwise: saw {seen}, assumed {' or '.join(self.assumed)}"

    def _seen(self, shop: Workshop) -> str:
        try:
            return self.ask(shop)
        except Odd as odd:
            return f"{odd} on the way to the question"
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            return f"an answer of another shape ({type(error).__name__})"


def asks(*assumed: str) -> Callable[[Callable[[Workshop], str]], Question]:
    """The function below is a question, to which this is the answer assumed."""

    def question(ask: Callable[[Workshop], str]) -> Question:
        return Question(inspect.getdoc(ask) or "", ask, assumed)

    return question


def of(*modules: ModuleType) -> list[Question]:
    return [found for module in modules for found in vars(module).values() if isinstance(found, Question)]
