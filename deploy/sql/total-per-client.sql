-- SPDX-License-Identifier: Apache-2.0
-- As transaction-total with tumbling(1m), as long as nothing comes more than B late: SQL drops what comes later and revises nothing.
SELECT
    client,
    window_start,
    window_end,
    CAST(SUM(amount) AS DECIMAL(38, 4)) AS total_amount,
    MIN(amount) AS min_amount,
    MAX(amount) AS max_amount,
    COUNT(*) AS payments
FROM TABLE(TUMBLE(TABLE transactions, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
WHERE client IS NOT NULL AND amount IS NOT NULL
GROUP BY client, window_start, window_end;
