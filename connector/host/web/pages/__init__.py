"""The pages, a module each: it reads a bounded part of the store and fills a template of its own name.

cold.py   accounts that are flagged as going cold
"""

from connector.host.web.pages import cold
from connector.host.web.pages.blueprint import blueprint

__all__ = ["blueprint", "cold"]
