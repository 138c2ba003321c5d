"""The words: provider, tier, place, rep. Every other module of callplan/ is a rule over these.

One thing is a frozen dataclass; thousands of things are columns, one numpy array a column, all of one
length and in one order. A column of days is datetime64[D] with NaT where there is none.

    words.py       the words that everything else is said in: ids, columns, tiers, places
    claims.py      what is on file of providers: claims, registry, affiliations, payments; patients never get this far
    rules.py       what a team has set: who is relevant and open, how many a rep can hold
    coverage.py    what counts as a touch, the states that follow from silence, whom managers hear of
    back_test.py   past periods, the ways of cutting Tier A that are tried on them, and how each did
    logs.py        a log of visits, for the back-tests and the report
    finding.py     a filter, what it is asked of, and whom it finds
    silences.py    silences between touches, and what alerts on them would have been worth
    matching.py    what does not fit between CRM and claims, and what a person is asked about it
    signals.py     what a vintage says of accounts, and what moved since the last
    channels.py    how an account is touched between its visits
    weeks.py       a rep's week: days that can be worked, slots of the list
    metrics.py     a cycle, what a call plan asks for in it, and how far it was carried out
    territories.py accounts on the map, the reps who share them, and a cut with its figures
"""

from callplan.model.back_test import FEWEST_PERIODS, BackTestRules, Estimate, Panel, Policy, Score
from callplan.model.channels import Channel, ChannelRules, ThinRules
from callplan.model.claims import Affiliations, Claims, Indications, Over, Payments, Registry, Source, Span
from callplan.model.coverage import (
    Activity,
    ActivityRules,
    ColdRules,
    FlagRules,
    GapRules,
    QuietModel,
    Relationship,
    RelationshipRules,
    Touch,
    TouchRule,
    TouchState,
)
from callplan.model.finding import Between, Filter, Found, Market, Problem
from callplan.model.logs import Log
from callplan.model.matching import Listed, Sort, Suggestion
from callplan.model.metrics import (
    Adherence,
    Attainment,
    CallPlan,
    Calls,
    Committed,
    Covered,
    Cycle,
    Flagged,
    Group,
    Logging,
    Material,
    Measured,
    Named,
    Protection,
    Recovery,
    Target,
    share,
)
from callplan.model.rules import (
    AssessRules,
    Cadence,
    Closure,
    CompetitorRules,
    Family,
    ScoreRules,
    TierRules,
)
from callplan.model.signals import Event, Facts, Signal, SignalRules, Way
from callplan.model.silences import (
    CHANCE,
    EVERYBODY,
    LOST,
    AlertScore,
    Called,
    Clue,
    ClueScore,
    ColdTest,
    ColdTestRules,
    Coverage,
    Point,
    QuietTest,
    QuietTestRules,
    Rule,
    Silences,
)
from callplan.model.territories import Balance, CutRules, DriveMinutes, Figures, Ground, Proposal, Reps
from callplan.model.weeks import RepWeek, SlotKind, WeekRules, Window, Windows, Workday
from callplan.model.words import (
    Columns,
    Counts,
    Days,
    Marks,
    Npi,
    Numbers,
    Place,
    Points,
    Texts,
    Tier,
    npi_is_valid,
    npis_are_valid,
)

__all__ = [
    "CHANCE",
    "EVERYBODY",
    "FEWEST_PERIODS",
    "LOST",
    "Activity",
    "ActivityRules",
    "Adherence",
    "Affiliations",
    "AlertScore",
    "AssessRules",
    "Attainment",
    "BackTestRules",
    "Balance",
    "Between",
    "Cadence",
    "CallPlan",
    "Called",
    "Calls",
    "Channel",
    "ChannelRules",
    "Claims",
    "Closure",
    "Clue",
    "ClueScore",
    "ColdRules",
    "ColdTest",
    "ColdTestRules",
    "Columns",
    "Committed",
    "CompetitorRules",
    "Counts",
    "Coverage",
    "Covered",
    "CutRules",
    "Cycle",
    "Days",
    "DriveMinutes",
    "Estimate",
    "Event",
    "Facts",
    "Family",
    "Figures",
    "Filter",
    "FlagRules",
    "Flagged",
    "Found",
    "GapRules",
    "Ground",
    "Group",
    "Indications",
    "Listed",
    "Log",
    "Logging",
    "Market",
    "Marks",
    "Material",
    "Measured",
    "Named",
    "Npi",
    "Numbers",
    "Over",
    "Panel",
    "Payments",
    "Place",
    "Point",
    "Points",
    "Policy",
    "Problem",
    "Proposal",
    "Protection",
    "QuietModel",
    "QuietTest",
    "QuietTestRules",
    "Recovery",
    "Registry",
    "Relationship",
    "RelationshipRules",
    "RepWeek",
    "Reps",
    "Rule",
    "Score",
    "ScoreRules",
    "Signal",
    "SignalRules",
    "Silences",
    "SlotKind",
    "Sort",
    "Source",
    "Span",
    "Suggestion",
    "Target",
    "Texts",
    "ThinRules",
    "Tier",
    "TierRules",
    "Touch",
    "TouchRule",
    "TouchState",
    "Way",
    "WeekRules",
    "Window",
    "Windows",
    "Workday",
    "npi_is_valid",
    "npis_are_valid",
    "share",
]
