// The card as a rep sees it, in HubSpot's own renderer for tests: each tier, going cold, and what is there without one.
import { Alert, DescriptionListItem, Heading, LoadingSpinner, Text } from "@hubspot/ui-extensions";
import { createRenderer } from "@hubspot/ui-extensions/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AccountPlan } from "../src/app/cards/AccountPlan";
import { readOut } from "./reading";

const REASON = "Tier A: 240 relevant procedures a year (knee), 92nd percentile of Orthopedic Surgery.";
const COLD = "No counted visit since 02 Sep 2026; Tier A is seen every 30 days. Next step: book a visit.";

type Held = Record<string, string | null>;

// Dr. Adeyemi's company, as HubSpot answers: every value a text, and null where there is none.
const ADEYEMI: Held = {
  hcp_tier: "A",
  hcp_tier_reason: REASON,
  hcp_tier_since: "2026-08-03",
  hcp_call_order: "3",
  hcp_next_visit: "2026-11-26",
  hcp_call_week: "2026-11-23",
  hcp_slot_kind: "committed",
  hcp_channel: null,
  hcp_next_touch: null,
  hcp_last_visit: "2026-11-02",
  hcp_going_cold: "false",
  hcp_cold_reason: null,
  hcp_cold_since: null,
  hcp_touch_state: "on_track",
  hcp_relationship: "warm",
  hcp_activity: "steady",
  hcp_next_step: null,
  hcp_volume_at_risk: null,
  hcp_procedure_volume: "240",
  hcp_cycle_goal: "3",
  hcp_cycle_calls: "1",
  hcp_cycle_remaining: "2",
};
const NOTHING: Held = Object.fromEntries(Object.keys(ADEYEMI).map((name) => [name, null]));

function show(properties: Held, locale?: string, state: { isLoading?: boolean; error?: Error | null } = {}) {
  const renderer = createRenderer("crm.record.sidebar");
  renderer.mocks.context.user.locale = locale;
  renderer.mocks.useCrmProperties.willCall(() => ({
    properties,
    error: null,
    isLoading: false,
    isRefetching: false,
    refetch: async () => {},
    ...state,
  }));
  renderer.render(<AccountPlan />);
  return renderer;
}

type Shown = ReturnType<typeof show>;

const words = (card: Shown) => readOut(card.getRootNode());
const headings = (card: Shown) => card.findAll(Heading).map((heading) => heading.text);
const facts = (card: Shown) =>
  card.findAll(DescriptionListItem).map((item) => [item.props.label, item.find(Text).text]);

describe("the card of an account", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("asks for the nineteen properties of the record that the page shows", () => {
    const card = show(ADEYEMI);

    const [asked, ...options] = card.mocks.useCrmProperties.calls[0]!;
    expect([...asked].sort()).toEqual(Object.keys(ADEYEMI).sort());
    expect(options).toEqual([]); // unformatted: a place without digit grouping, a day without a zone
  });

  it("says that it is loading until the record is there", () => {
    const card = show({}, "en-us", { isLoading: true });

    expect(card.find(LoadingSpinner).props).toMatchObject({ label: "Loading the call plan …", showLabel: true });
    expect(headings(card)).toEqual([]);
  });

  it("shows the tier and why, since when, the place in the week, the next and the last visit", () => {
    const card = show(ADEYEMI, "en-us");

    expect(headings(card)).toEqual(["Tier A"]);
    expect(words(card)).toContain(REASON);
    expect(facts(card)).toEqual([
      ["Tier since", "8/3/2026"],
      ["This week's list", "Number 3, committed"],
      ["Next visit", "11/26/2026"],
      ["Last visit", "11/2/2026"],
    ]);
    expect(card.maybeFind(Alert)).toBeNull();
  });

  it("says of Tier B how it is to be touched next, and from when", () => {
    const card = show(
      { ...ADEYEMI, hcp_tier: "B", hcp_call_order: null, hcp_channel: "email", hcp_next_touch: "2026-12-03" },
      "en-us",
    );

    expect(facts(card).slice(1, 4)).toEqual([
      ["This week's list", "Not on this week's list"],
      ["Next visit", "11/26/2026"],
      ["Next touch", "email, due 12/3/2026"],
    ]);
  });

  it("stands without a kind of slot", () => {
    expect(facts(show({ ...ADEYEMI, hcp_slot_kind: null }))[1]).toEqual(["This week's list", "Number 3"]);
  });

  it.each(["B", "C"])("shows Tier %s likewise", (tier) => {
    const reason = `Tier ${tier}: 61 relevant procedures a year (knee), 70th percentile of Orthopedic Surgery.`;
    const card = show({ ...ADEYEMI, hcp_tier: tier, hcp_tier_reason: reason });

    expect(headings(card)).toEqual([`Tier ${tier}`]);
    expect(words(card)).toContain(reason);
  });

  it("says in words that an account is going cold, why, and what clears it, before its tier", () => {
    const card = show(
      { ...ADEYEMI, hcp_going_cold: "true", hcp_cold_reason: COLD, hcp_cold_since: "2026-10-17" },
      "en-us",
    );

    expect(card.find(Alert).props.variant).toBe("warning");
    expect(words(card)).toContain(
      `Going cold since 10/17/2026 ${COLD} What clears it: a visit that has taken place and is logged`,
    );
    expect(words(card)).toMatch(/^Going cold since .* Tier A /);
  });

  it("says what is not planned, and does not leave a gap", () => {
    const card = show({ ...ADEYEMI, hcp_call_order: null, hcp_next_visit: "", hcp_last_visit: null });

    expect(facts(card).slice(1)).toEqual([
      ["This week's list", "Not on this week's list"],
      ["Next visit", "None planned this week"],
      ["Last visit", "No counted visit yet"],
    ]);
  });

  it("is friendly when nothing is written yet", () => {
    for (const held of [NOTHING, {}, { ...NOTHING, hcp_tier: "" }]) {
      const card = show(held);

      expect(headings(card)).toEqual(["Nothing here yet"]);
      expect(words(card)).toContain("It does so on the night after the account has an NPI");
      expect(facts(card)).toEqual([]);
    }
  });

  it("tells an account whose plan was taken back from one that never had any", () => {
    const card = show({ ...NOTHING, hcp_going_cold: "false" });

    expect(headings(card)).toEqual(["No tier at present"]);
    expect(words(card)).toContain("Callplan takes a plan back when the account's NPI is missing");
    expect(facts(card)).toEqual([]);
    expect(card.maybeFind(Alert)).toBeNull();
  });

  it("shows what is left on an account without a tier, and makes up nothing", () => {
    const card = show({ ...NOTHING, hcp_last_visit: "2026-11-02" }, "en-us");

    expect(headings(card)).toEqual(["No tier at present"]);
    expect(facts(card)).toEqual([["Last visit", "11/2/2026"]]);
  });

  it("says what to do when the record cannot be read", () => {
    const card = show({}, "en-us", { error: new Error("403") });

    expect(card.find(Alert).props).toMatchObject({
      title: "The call plan of this account cannot be shown.",
      variant: "error",
    });
    expect(words(card)).toContain("Load the page again");
    expect(card.maybeFind(LoadingSpinner)).toBeNull();
  });
});

describe("a day on the card", () => {
  afterEach(() => vi.unstubAllEnvs());

  const midnight = String(Date.UTC(2026, 7, 3));

  it.each(["America/Los_Angeles", "Pacific/Kiritimati", "UTC"])("is the day that is stored, seen from %s", (zone) => {
    vi.stubEnv("TZ", zone);

    for (const stored of ["2026-08-03", midnight]) {
      const [since] = facts(show({ ...ADEYEMI, hcp_tier_since: stored }, "en-us"));
      expect(since).toEqual(["Tier since", "8/3/2026"]);
    }
  });

  it("is written as the user writes days", () => {
    expect(facts(show(ADEYEMI, "de_DE"))[0]).toEqual(["Tier since", "3.8.2026"]);
    expect(facts(show(ADEYEMI, "not a language"))[0]?.[1]).toContain("2026");
  });

  it("stays as it is stored when it is no day", () => {
    expect(facts(show({ ...ADEYEMI, hcp_last_visit: "last week" }))[3]).toEqual(["Last visit", "last week"]);
  });
});
