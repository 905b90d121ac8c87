-- SPDX-License-Identifier: Apache-2.0
-- As weather-average with tumbling(1m), as long as nothing comes more than B late: SQL drops what comes later and revises nothing.
-- The limits are the contract's; README.md says what the jobs reject and this counts.
SELECT
    device,
    window_start,
    window_end,
    CAST(AVG(temperature) AS DECIMAL(19, 6)) AS avg_temp,
    CAST(AVG(humidity) AS DECIMAL(19, 6)) AS avg_hum,
    MIN(temperature) AS min_temp,
    MAX(temperature) AS max_temp,
    COUNT(*) AS readings
FROM TABLE(TUMBLE(TABLE device_readings, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
WHERE CHAR_LENGTH(device) BETWEEN 1 AND 256
    AND ABS(temperature) <= 1000000
    AND ABS(humidity) <= 1000000
    AND ts BETWEEN TO_TIMESTAMP_LTZ(0, 3) AND appended + INTERVAL '5' MINUTE
GROUP BY device, window_start, window_end;
