"""Bulk API 2.0: jobs that write a file of rows, and jobs whose answer is a file.

A job is made, given its file and closed; the org then works through it, 10,000 rows at a time, as its clock
goes on. `salesforce.org.bulk` holds the jobs of the last 7 days and what a test may set:

    faults.in_progress_seconds   a job closed from here on stays InProgress so long before its first batch
    faults.fail_after_batches    an ingest job fails after so many batches, the rest unprocessed
    faults.query_failure         a query job fails with these words
    faults.lock_share            of the rows of an ingest job, that share is locked, each for `lock_tries` writes
    faults.results_in_order      result files keep the order of the upload; else they are shuffled
    faults.results_charset       False: result files come as text/csv, and do not say that they are UTF-8
    limits                       numbers of the vendor's pages, and `seconds_per_batch`, 0.2 after the first
    may_hard_delete              the permission "Bulk API Hard Delete"
    expire_locators()            places in query results that were given out no longer hold
    batches, query_jobs          what is used of the day's 15,000 batches and 10,000 query jobs; `spend()`

A lost answer is made in front of the org, with sandbox.wire's Fault(lose_reply=True): at POST jobs/ingest the
job exists, at PUT .../batches the file has arrived, at PATCH the job runs. A result file is cut off likewise.
Jobs are not kept by `dump`.

Source   Bulk API 2.0 Developer Guide v66. Guesses: the words for a row with too many cells, for a file that is
         no UTF-8, for a job closed without a file and for refused query clauses; the refusals are not.
"""
