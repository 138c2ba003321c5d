// What a record says, as the card shows it. HubSpot gives every value as text; where there is none, it gives null, an
// empty text or nothing, and the card takes all three alike.
import { PROPERTIES } from "./properties";

export type Held = Record<string, string | null | undefined>;

export interface Plan {
  written: boolean; // by Callplan, at any time: it leaves `going_cold` at false when it takes a plan back
  tier?: string;
  tierReason?: string;
  tierSince?: string;
  place?: string;
  nextVisit?: string;
  nextTouch?: string;
  lastVisit?: string;
  goingCold: boolean;
  coldReason?: string;
  coldSince?: string;
}

export function planOf(held: Held, locale?: string): Plan {
  const said = (name: keyof typeof PROPERTIES) => held[PROPERTIES[name]] || undefined;
  const dated = (name: keyof typeof PROPERTIES) => day(said(name), locale);
  const order = said("call_order");
  const kind = said("slot_kind");
  const channel = said("channel");
  const due = dated("next_touch");
  return {
    written: Object.values(PROPERTIES).some((name) => held[name]),
    tier: said("tier"),
    tierReason: said("tier_reason"),
    tierSince: dated("tier_since"),
    // A slot's number is a place, not a quantity: no grouping of digits.
    place: order && (kind ? `Number ${order}, ${kind}` : `Number ${order}`),
    nextVisit: dated("next_visit"),
    // Of Tier B alone: how it is to be touched between its visits, and from when.
    nextTouch: channel && due && `${channel}, due ${due}`,
    lastVisit: dated("last_visit"),
    goingCold: said("going_cold") === "true",
    coldReason: said("cold_reason"),
    coldSince: dated("cold_since"),
  };
}

// A calendar day, as the user reads days. HubSpot gives it as 2026-08-03 or as that day's midnight UTC in milliseconds;
// in the user's own zone it would be the day before. What is no day stays as it is stored.
function day(text: string | undefined, locale?: string): string | undefined {
  const at = new Date(/^-?\d+$/.test(text ?? "") ? Number(text) : (text ?? ""));
  return isNaN(at.getTime()) ? text : at.toLocaleDateString(language(locale), { timeZone: "UTC" });
}

function language(locale: string | undefined): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale?.replace("_", "-"))[0];
  } catch {
    return undefined; // the browser's
  }
}
