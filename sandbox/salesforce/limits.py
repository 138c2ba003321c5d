"""What the org may still spend today, by the names of Salesforce's limits, and how many records it holds.

Calls, bulk batches and bulk queries are counted; the others stand at their whole, for nothing in this org uses them up.
"""

from __future__ import annotations

from sandbox.salesforce.calls import Answer, Call

_WHOLE = {
    "ActiveScratchOrgs": 3,
    "AnalyticsExternalDataSizeMB": 40_960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2,
    "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAnalyticsUploadedFilesSizeMB": 51_200,
    "DailyAsyncApexExecutions": 250_000,
    "DailyAsyncApexTests": 500,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyDeliveredPlatformEvents": 50_000,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyEinsteinDataInsightsStoryCreation": 1_000,
    "DailyEinsteinDiscoveryPredictAPICalls": 50_000,
    "DailyEinsteinDiscoveryPredictionsByCDC": 500_000,
    "DailyEinsteinDiscoveryStoryCreation": 100,
    "DailyFunctionsApiCallLimit": 235_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyScratchOrgs": 6,
    "DailyStandardVolumePlatformEvents": 25_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 100_000,
    "DataStorageMB": 10_240,
    "DurableStreamingApiConcurrentClients": 20,
    "FileStorageMB": 10_240,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5_000,
    "HourlyDashboardStatuses": 999_999_999,
    "HourlyLongTermIdMapping": 100_000,
    "HourlyManagedContentPublicRequests": 50_000,
    "HourlyODataCallout": 20_000,
    "HourlyPublishedPlatformEvents": 250_000,
    "HourlyPublishedStandardVolumePlatformEvents": 100_000,
    "HourlyShortTermIdMapping": 100_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "MonthlyEinsteinDiscoveryStoryCreation": 500,
    "MonthlyPlatformEventsUsageEntitlement": 0,
    "Package2VersionCreates": 6,
    "Package2VersionCreatesWithoutValidation": 500,
    "PermissionSets": 1_500,
    "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "SingleEmail": 5_000,
    "StreamingApiConcurrentClients": 20,
}


def limits(call: Call) -> Answer:
    quota = call.org.quota
    whole = {name: {"Max": most, "Remaining": most} for name, most in _WHOLE.items()}
    counted = {
        "DailyApiRequests": quota,
        "DailyBulkApiBatches": call.org.bulk.batches,
        "DailyBulkV2QueryJobs": call.org.bulk.query_jobs,
    }
    calls = {name: {"Max": count.daily_calls, "Remaining": count.left} for name, count in counted.items()}
    full = {"DataStorageMB": {"Max": _WHOLE["DataStorageMB"], "Remaining": 0}}
    spent = calls | (full if call.org.records.policy.storage_full else {})
    return Answer(200, dict(sorted({**whole, **spent}.items())))


def record_counts(call: Call) -> Answer:
    """Objects without records, and names that are none, are left out."""
    records, asked = call.org.records, call.args.get("sObjects")
    kinds = [records.find_kind(name.strip()) for name in asked.split(",")] if asked else list(records.kinds.values())
    counts = [(sum(not row.get("IsDeleted") for row in records.tables[k.name].values()), k.name) for k in kinds if k]
    return Answer(200, {"sObjects": [{"count": count, "name": name} for count, name in counts if count]})
