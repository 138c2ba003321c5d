// What Callplan says of one account. It reads what the nightly run has written, and writes nothing.
import { LightningElement, api, wire } from "lwc";
import { getFieldDisplayValue, getFieldValue, getRecord } from "lightning/uiRecordApi";
import NAME from "@salesforce/schema/Account.Name";
import TIER from "@salesforce/schema/Account.Call_Tier__c";
import TIER_REASON from "@salesforce/schema/Account.Tier_Reason__c";
import TIER_SINCE from "@salesforce/schema/Account.Tier_Since__c";
import CALL_ORDER from "@salesforce/schema/Account.Call_Order__c";
import NEXT_VISIT from "@salesforce/schema/Account.Next_Visit_Date__c";
import SLOT_KIND from "@salesforce/schema/Account.Slot_Kind__c";
import CHANNEL from "@salesforce/schema/Account.Touch_Channel__c";
import NEXT_TOUCH from "@salesforce/schema/Account.Next_Touch_Date__c";
import LAST_VISIT from "@salesforce/schema/Account.Last_Visit_Date__c";
import GOING_COLD from "@salesforce/schema/Account.Going_Cold__c";
import COLD_REASON from "@salesforce/schema/Account.Going_Cold_Reason__c";
import COLD_SINCE from "@salesforce/schema/Account.Cold_Since__c";

// Optional: a field that this user may not see leaves its line empty, and the card stands.
const OURS = [
    TIER,
    TIER_REASON,
    TIER_SINCE,
    CALL_ORDER,
    NEXT_VISIT,
    SLOT_KIND,
    CHANNEL,
    NEXT_TOUCH,
    LAST_VISIT,
    GOING_COLD,
    COLD_REASON,
    COLD_SINCE
];

export default class CallplanCard extends LightningElement {
    @api recordId;
    fields = [NAME];
    ours = OURS;

    @wire(getRecord, { recordId: "$recordId", fields: "$fields", optionalFields: "$ours" })
    account;

    get record() {
        return this.account?.data;
    }

    get failed() {
        return Boolean(this.account?.error);
    }

    get loading() {
        return !this.record && !this.failed;
    }

    get planned() {
        return Boolean(this.tier);
    }

    // No value: nothing is written yet. No field: this user may not see it.
    get empty() {
        return this.tier === null;
    }

    get hidden() {
        return Boolean(this.record) && this.tier === undefined;
    }

    get tier() {
        return getFieldValue(this.record, TIER);
    }

    get tierReason() {
        return getFieldValue(this.record, TIER_REASON);
    }

    get tierSince() {
        return this.shown(TIER_SINCE);
    }

    // A slot's number is a place, not a quantity: no grouping of digits, so the value and not its display.
    get place() {
        const order = getFieldValue(this.record, CALL_ORDER);
        if (order === null || order === undefined) return "Not on this week's list";
        const kind = getFieldValue(this.record, SLOT_KIND);
        return kind ? `Number ${order}, ${kind}` : `Number ${order}`;
    }

    get nextVisit() {
        return this.shown(NEXT_VISIT) || "None planned this week";
    }

    // Of Tier B alone: how it is to be touched between its visits, and from when.
    get nextTouch() {
        const channel = getFieldValue(this.record, CHANNEL);
        const due = this.shown(NEXT_TOUCH);
        return channel && due ? `${channel}, due ${due}` : undefined;
    }

    get lastVisit() {
        return this.shown(LAST_VISIT) || "No counted visit yet";
    }

    get goingCold() {
        return getFieldValue(this.record, GOING_COLD) === true;
    }

    get coldSince() {
        return this.shown(COLD_SINCE);
    }

    get coldReason() {
        return getFieldValue(this.record, COLD_REASON);
    }

    // Salesforce words a date as the user reads dates; where it does not, the day as it is stored.
    shown(field) {
        return getFieldDisplayValue(this.record, field) || getFieldValue(this.record, field);
    }
}
