"""Salesforce on localhost, honest about its limits, errors and odd habits."""

from __future__ import annotations

from sandbox.salesforce.app import Salesforce

__all__ = ["Salesforce"]
