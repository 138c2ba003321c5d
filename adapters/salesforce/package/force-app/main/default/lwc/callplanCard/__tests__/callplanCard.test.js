// The card as a rep sees it: with a plan, going cold, with nothing written yet, and without access.
import { createElement } from "lwc";
import { getRecord } from "lightning/uiRecordApi";
import CallplanCard from "c/callplanCard";

const REASON = "Tier A: 240 relevant procedures a year (knee), 92nd percentile of Orthopedic Surgery.";
const COLD = "No counted visit since 02 Sep 2026; Tier A is seen every 30 days. Next step: book a visit.";

// Dr. Adeyemi's account, as Salesforce answers: each field with its value and, of a date, its wording.
function account(changed = {}) {
    const values = {
        Name: "Dr. Adeyemi",
        Call_Tier__c: "A",
        Tier_Reason__c: REASON,
        Tier_Since__c: { value: "2026-08-03", displayValue: "8/3/2026" },
        Call_Order__c: { value: 3, displayValue: "3" },
        Next_Visit_Date__c: { value: "2026-11-26", displayValue: "11/26/2026" },
        Slot_Kind__c: "committed",
        Touch_Channel__c: null,
        Next_Touch_Date__c: null,
        Last_Visit_Date__c: { value: "2026-11-02", displayValue: "11/2/2026" },
        Going_Cold__c: false,
        Going_Cold_Reason__c: null,
        Cold_Since__c: null,
        ...changed
    };
    const fields = {};
    for (const [name, value] of Object.entries(values)) {
        fields[name] = value !== null && typeof value === "object" ? value : { value, displayValue: null };
    }
    return { apiName: "Account", id: "001000000000001AAA", fields };
}

function open() {
    const card = createElement("c-callplan-card", { is: CallplanCard });
    card.recordId = "001000000000001AAA";
    document.body.appendChild(card);
    return card;
}

async function show(record) {
    const card = open();
    getRecord.emit(record);
    await Promise.resolve();
    return card;
}

const part = (card, id) => card.shadowRoot.querySelector(`[data-id="${id}"]`);
const words = (card, id) => part(card, id)?.textContent.replace(/\s+/g, " ").trim();
const headings = (card) =>
    [...card.shadowRoot.querySelectorAll("h2, h3")].map((found) => found.textContent.trim());

describe("the card of an account", () => {
    afterEach(() => document.body.replaceChildren());

    it("asks for the record that the page shows, and for nothing that a rep may not see", async () => {
        await show(account());

        const asked = getRecord.getLastConfig();
        expect(asked.recordId).toBe("001000000000001AAA");
        expect(asked.fields.map((field) => field.fieldApiName)).toEqual(["Name"]);
        expect(asked.optionalFields).toHaveLength(12);
    });

    it("says that it is loading until the record is there", () => {
        const card = open();

        expect(words(card, "loading")).toBe("Loading the call plan …");
        expect(headings(card)).toEqual(["Callplan"]);
    });

    it("shows the tier and why, since when, the place in the week, the next and the last visit", async () => {
        const card = await show(account());

        expect(headings(card)).toEqual(["Callplan", "Tier A"]);
        expect(words(card, "tier-reason")).toBe(REASON);
        expect(words(card, "tier-since")).toBe("8/3/2026");
        expect(words(card, "place")).toBe("Number 3, committed");
        expect(words(card, "next-visit")).toBe("11/26/2026");
        expect(words(card, "last-visit")).toBe("11/2/2026");
        expect(part(card, "next-touch")).toBeNull();
        expect(part(card, "cold")).toBeNull();
    });

    it("says of Tier B how it is to be touched next, and from when", async () => {
        const card = await show(
            account({
                Call_Tier__c: "B",
                Call_Order__c: null,
                Touch_Channel__c: "email",
                Next_Touch_Date__c: { value: "2026-12-03", displayValue: "12/3/2026" }
            })
        );

        expect(words(card, "next-touch")).toBe("email, due 12/3/2026");
        expect(words(card, "place")).toBe("Not on this week's list");
    });

    it("stands without a kind of slot that the user may not see", async () => {
        const card = await show(account({ Slot_Kind__c: null }));

        expect(words(card, "place")).toBe("Number 3");
    });

    it("says in words that an account is going cold, why, and what clears it", async () => {
        const card = await show(
            account({
                Going_Cold__c: true,
                Going_Cold_Reason__c: COLD,
                Cold_Since__c: { value: "2026-10-17", displayValue: "10/17/2026" }
            })
        );

        expect(headings(card)).toEqual(["Callplan", "Going cold since 10/17/2026", "Tier A"]);
        expect(words(card, "cold-reason")).toBe(COLD);
        expect(words(card, "cold")).toContain("What clears it: a visit that has taken place and is logged");
    });

    it("says what is not planned, and does not leave a gap", async () => {
        const card = await show(
            account({ Call_Order__c: null, Next_Visit_Date__c: null, Last_Visit_Date__c: null })
        );

        expect(words(card, "place")).toBe("Not on this week's list");
        expect(words(card, "next-visit")).toBe("None planned this week");
        expect(words(card, "last-visit")).toBe("No counted visit yet");
    });

    it("stands when Salesforce does not word a date", async () => {
        const card = await show(account({ Last_Visit_Date__c: "2026-11-02" }));

        expect(words(card, "last-visit")).toBe("2026-11-02");
    });

    it("is friendly when nothing is written yet", async () => {
        const card = await show(account({ Call_Tier__c: null }));

        expect(headings(card)).toEqual(["Callplan", "Nothing here yet"]);
        expect(words(card, "empty")).toContain("It does so on the night after the account has an NPI");
        expect(part(card, "place")).toBeNull();
    });

    it("tells a user who may not see the fields what to ask for", async () => {
        const card = await show({ apiName: "Account", id: "001000000000001AAA", fields: { Name: { value: "x" } } });

        expect(headings(card)).toEqual(["Callplan", "Not for you to see yet"]);
        expect(words(card, "hidden")).toContain("permission set Callplan Viewer");
    });

    it("says what to do when the record cannot be read", async () => {
        const card = open();
        getRecord.error();
        await Promise.resolve();

        expect(part(card, "failed").getAttribute("role")).toBe("alert");
        expect(words(card, "failed")).toContain("Load the page again");
        expect(part(card, "loading")).toBeNull();
    });

    it("is read in order: one heading for the card, one for each part, a name for each value", async () => {
        const card = await show(account({ Going_Cold__c: true, Going_Cold_Reason__c: COLD }));

        const [title] = card.shadowRoot.querySelectorAll("h2");
        expect(card.shadowRoot.querySelector("article").getAttribute("aria-labelledby")).toBe(title.id);
        const list = [...card.shadowRoot.querySelector("dl").children].map((child) => child.tagName);
        expect(list).toEqual(["DT", "DD", "DT", "DD", "DT", "DD", "DT", "DD"]);
    });
});
