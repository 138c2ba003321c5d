"""No answer came: the letter may have been sent, or not. It is sent again under the same name."""

from __future__ import annotations

from connector.errors import TryAgain


class Unanswered(TryAgain):
    """Of other errors it is known that nothing was sent."""
