// Which property holds what: the same names as on the right side of `fields` in mappings/hubspot.yaml. If your mapping
// uses other names, change them here and nowhere else, and upload the app again.
export const PROPERTIES = {
  tier: "hcp_tier",
  tier_reason: "hcp_tier_reason",
  tier_since: "hcp_tier_since",
  call_order: "hcp_call_order",
  next_visit: "hcp_next_visit",
  call_week: "hcp_call_week",
  slot_kind: "hcp_slot_kind",
  channel: "hcp_channel",
  next_touch: "hcp_next_touch",
  going_cold: "hcp_going_cold",
  cold_reason: "hcp_cold_reason",
  cold_since: "hcp_cold_since",
  last_visit: "hcp_last_visit",
  touch_state: "hcp_touch_state",
  relationship: "hcp_relationship",
  activity: "hcp_activity",
  next_step: "hcp_next_step",
  at_risk: "hcp_volume_at_risk",
  volume: "hcp_procedure_volume",
} as const;
