"""Nights under a virtual clock, in one process, with a fault at any call or commit that is asked for.

wires.py    both vendors' HTTP without a network: the adapters' real code, the sandbox's real code
world.py    a small territory, people who work in the CRM between nights, and nights
faults.py   what can go wrong, at which site
laws.py     what must hold of every world, judged without asking the engine
"""
