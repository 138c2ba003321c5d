"""Objects that an org has where its customer bought or made them.

Mails and calls as records of their own, visits of Life Sciences Cloud, Veeva's calls, and `Practice__c`, an
object of the customer's own.
Source   Object Reference v67.0; the prefixes of Visit, ProviderVisit and VoiceCall are not documented: made up
"""

from __future__ import annotations

from sandbox.salesforce.makings import OWNER, SET_BY_SALESFORCE, SYSTEM, check, kind, link, of, pick, text

_VISIT = (
    *SYSTEM,
    OWNER,
    link("AccountId", "Account ID", "Account"),
    link("PlaceId", "Place ID", "Account"),
    of("datetime", "PlannedVisitStartTime", "Planned Start Time", nillable=False),
    of("datetime", "PlannedVisitEndTime", "Planned End Time"),
    of("datetime", "ActualVisitStartTime", "Actual Start Time"),
    of("datetime", "ActualVisitEndTime", "Actual End Time"),
    pick("Status", "Status", "Planned", "InProgress", "Completed", "Abandoned", "Canceled", default="Planned"),
)
_CHANNELS = ("In Person", "Phone", "Video", "Email")

OPTIONAL = {
    "EmailMessage": kind(
        "EmailMessage",
        "Email Message",
        "02s",
        *SYSTEM,
        link("CreatedById", "Created By ID", "User", **SET_BY_SALESFORCE),
        link("RelatedToId", "Related To ID", "Account", "Contact"),
        link("ActivityId", "Activity ID", "Task"),
        text("Subject", "Subject", 3000),
        check("Incoming", "Is Incoming"),
        check("IsBounced", "Bounced?", **SET_BY_SALESFORCE),
        of("datetime", "MessageDate", "Message Date"),
        # 0 New, 1 Read, 2 Replied, 3 Sent, 4 Forwarded, 5 Draft
        pick("Status", "Status", "0", "1", "2", "3", "4", "5", restricted=True, nillable=False, default="5"),
    ),
    "VoiceCall": kind(
        "VoiceCall",
        "Voice Call",
        "0LQ",
        *SYSTEM,
        OWNER,
        link("RelatedRecordId", "Related Record ID", "Account", "Contact"),
        pick("CallType", "Call Type", "Inbound", "Outbound", "Callback", "Transfer", restricted=True, nillable=False),
        of("datetime", "CallStartDateTime", "Call Start Time", nillable=False),
        of("datetime", "CallEndDateTime", "Call End Time"),
        of("int", "CallDurationInSeconds", "Call Duration in Seconds"),
    ),
    "Visit": kind("Visit", "Visit", "0Z5", *_VISIT),
    "ProviderVisit": kind(
        "ProviderVisit", "Provider Visit", "0nV", *_VISIT, pick("Channel", "Channel", *_CHANNELS, restricted=True)
    ),
    "Call2_vod__c": kind(
        "Call2_vod__c",
        "Call",
        "a02",
        *SYSTEM,
        OWNER,
        text("Name", "Call Name", 80, **SET_BY_SALESFORCE),
        link("Account_vod__c", "Account", "Account"),
        link("User_vod__c", "User", "User"),
        of("date", "Call_Date_vod__c", "Date"),
        of("datetime", "Call_Datetime_vod__c", "Datetime"),
        pick("Status_vod__c", "Status", "Planned_vod", "Saved_vod", "Submitted_vod", default="Planned_vod"),
        check("Is_Parent_Call_vod__c", "Is Parent Call"),
        link("Parent_Call_vod__c", "Parent Call", "Call2_vod__c"),
        pick("Call_Channel_vod__c", "Channel", "Face_to_face_vod", "Phone_vod", "Email_vod", "Video_vod"),
    ),
    "Practice__c": kind(
        "Practice__c",
        "Practice",
        "a01",
        *SYSTEM,
        OWNER,
        text("Name", "Practice Name", 80, nillable=False),
        link("Account__c", "Account", "Account"),
        text("NPI__c", "NPI", 10, key=True),
        pick("Call_Tier__c", "Call Tier", "A", "B", "C", restricted=True),
    ),
}
