"""What a test may set: how jobs fail, and the numbers that they keep to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Faults:
    in_progress_seconds: float = 0
    fail_after_batches: int | None = None
    failure: str = "InternalServerError : The batch was tried 20 times"
    query_failure: str | None = None
    lock_share: float = 0
    lock_tries: int = 1
    results_in_order: bool = False
    results_charset: bool = True


@dataclass(slots=True)
class Limits:
    """Bulk API 2.0 Developer Guide v66, limits; `query_page` and `seconds_per_batch` are ours."""

    batch_rows: int = 10_000
    chunk_rows: int = 200
    same_id: int = 12
    lock_failures: int = 200  # in one batch; its other rows are then not tried
    file_bytes: int = 150 * 1024 * 1024 * 3 // 4  # 150 MB once it is base64
    multipart_chars: int = 100_000
    header_chars: int = 32_000
    cell_chars: int = 32_000
    row_chars: int = 400_000
    list_page: int = 1000
    query_page: int = 50_000
    seconds_per_batch: float = 0.2
