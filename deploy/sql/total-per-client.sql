-- SPDX-License-Identifier: Apache-2.0
-- As transaction-total with tumbling(1m), as long as nothing comes more than B late: SQL drops what comes later and revises nothing.
-- The limits are the contract's; README.md says what the jobs reject and this counts.
SELECT
    client,
    window_start,
    window_end,
    CAST(SUM(amount) AS DECIMAL(38, 4)) AS total_amount,
    MIN(amount) AS min_amount,
    MAX(amount) AS max_amount,
    COUNT(*) AS payments
FROM TABLE(TUMBLE(TABLE transactions, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
WHERE CHAR_LENGTH(client) BETWEEN 1 AND 256
    AND ABS(amount) <= 100000000
    AND ts BETWEEN TO_TIMESTAMP_LTZ(0, 3) AND appended + INTERVAL '5' MINUTE
GROUP BY client, window_start, window_end;
