"""What must hold of every world, judged from the CRM's own history and contents, without asking the engine.

Each law is a function that tells its violations, and counts in `world.met` how much it had to look at: a law that never
had anything before it proves nothing.
"""

from __future__ import annotations

from tests.nights.sim.laws.edits import a_persons_edit_is_kept, an_edit_in_the_night_is_kept
from tests.nights.sim.laws.ended import a_night_after_nothing_does_nothing, every_run_ends, one_process_at_a_time
from tests.nights.sim.laws.follows import (
    committed_slots_are_on_record,
    flags_follow_from_the_interactions,
    lists_hold_together,
    no_interaction_is_lost_or_doubled,
    tiers_follow_from_the_claims,
    touches_follow_from_the_interactions,
)
from tests.nights.sim.laws.said import a_bad_feed_changes_little, nothing_stale_stays, the_crm_says_the_plan
from tests.nights.sim.laws.sent import (
    every_call_was_counted,
    every_write_was_announced,
    nothing_is_created_or_deleted,
    nothing_is_sent_needlessly,
    nothing_secret_is_written_down,
    only_our_fields_were_written,
    our_share_of_the_calls_is_kept,
    the_audit_log_is_whole,
    the_journal_tells_what_the_crm_did,
)

LAWS = (
    the_crm_says_the_plan,
    a_persons_edit_is_kept,
    an_edit_in_the_night_is_kept,
    tiers_follow_from_the_claims,
    flags_follow_from_the_interactions,
    touches_follow_from_the_interactions,
    lists_hold_together,
    committed_slots_are_on_record,
    only_our_fields_were_written,
    nothing_is_created_or_deleted,
    every_write_was_announced,
    the_audit_log_is_whole,
    the_journal_tells_what_the_crm_did,
    every_call_was_counted,
    our_share_of_the_calls_is_kept,
    no_interaction_is_lost_or_doubled,
    a_bad_feed_changes_little,
    nothing_is_sent_needlessly,
    nothing_stale_stays,
    one_process_at_a_time,
    every_run_ends,
    nothing_secret_is_written_down,
    a_night_after_nothing_does_nothing,
)
