"""The first hour: `callplan init` asks, looks and proposes, and writes a config and a mapping that fit.

answers.py  what an admin has said, by options or when asked
asking.py   the questions
choice.py   which of the CRM's fields fits which of ours, and why
look.py     what the CRM and the claims say of themselves
files.py    the starter files with all of that in them
begin.py    these in their order
"""
