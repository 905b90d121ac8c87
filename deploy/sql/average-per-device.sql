-- SPDX-License-Identifier: Apache-2.0
-- As weather-average with tumbling(1m), as long as nothing comes more than B late: SQL drops what comes later and revises nothing.
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
WHERE device IS NOT NULL AND temperature IS NOT NULL AND humidity IS NOT NULL
GROUP BY device, window_start, window_end;
