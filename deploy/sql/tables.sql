-- SPDX-License-Identifier: Apache-2.0
-- A table for each topic of deploy/topics.yml, and words for the word count. Times are UTC; the watermark allows what the jobs allow
-- by default, B = 5 s. Heartbeats are rows without a device or client: they move the watermark and are counted by no query here.
-- What cannot be parsed is skipped, or null where one field is bad; the jobs say why in dead-letters. Flink's JSON takes more than the
-- contracts do, and those are rows: README.md says which.

SET 'table.local-time-zone' = 'UTC';
-- In any other mode the client refuses a query out of a file.
SET 'sql-client.execution.result-mode' = 'tableau';

-- Inputs. The watermark goes no further than the broker's clock, and leaves out times that the jobs reject (skew = 5 m).

CREATE TABLE device_readings (
    device STRING,
    ts TIMESTAMP_LTZ(3),
    temperature DECIMAL(19, 6),
    humidity DECIMAL(19, 6),
    appended TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
    WATERMARK FOR ts AS CASE WHEN ts <= appended + INTERVAL '5' MINUTE THEN LEAST(ts, appended) - INTERVAL '5' SECOND END
) WITH (
    'connector' = 'kafka',
    'topic' = 'device-readings',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.timestamp-format.standard' = 'ISO-8601',
    'json.ignore-parse-errors' = 'true'
);

CREATE TABLE transactions (
    client STRING,
    ts TIMESTAMP_LTZ(3),
    amount DECIMAL(19, 4),
    merchant STRING,
    lat DOUBLE,
    lon DOUBLE,
    appended TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
    WATERMARK FOR ts AS CASE WHEN ts <= appended + INTERVAL '5' MINUTE THEN LEAST(ts, appended) - INTERVAL '5' SECOND END
) WITH (
    'connector' = 'kafka',
    'topic' = 'transactions',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.timestamp-format.standard' = 'ISO-8601',
    'json.ignore-parse-errors' = 'true'
);

-- A message holds many rows, which the csv format does not read: whole texts here, rows in time_series_rows.
CREATE TABLE time_series (
    message STRING,
    appended TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
    WATERMARK FOR appended AS appended
) WITH (
    'connector' = 'kafka',
    'topic' = 'time-series',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'raw'
);

-- The rows without quotes: step, name, value. Heartbeats and quoted rows are left out.
CREATE VIEW time_series_rows AS
SELECT
    SPLIT_INDEX(line, ',', 0) AS step,
    SPLIT_INDEX(line, ',', 1) AS name,
    SPLIT_INDEX(line, ',', 2) AS `value`,
    appended
FROM time_series
CROSS JOIN UNNEST(SPLIT(REPLACE(message, U&'\000D', ''), U&'\000A')) AS lines (line)
WHERE line LIKE '%,%,%' AND line NOT LIKE '%"%';

-- Texts for the word count, by whoever writes them: word-count reads them with --source kafka:words.
CREATE TABLE words (
    line STRING
) WITH (
    'connector' = 'kafka',
    'topic' = 'words',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'raw'
);

-- Results.

-- Every revision. Of one id the greatest by complete, generation, rev is the last word: view last_window_results.
CREATE TABLE window_results (
    `id` STRING,
    `job` STRING,
    `spec` STRING,
    `key` STRING,
    `window` ROW<`kind` STRING, `number` BIGINT, `start` TIMESTAMP_LTZ(3), `end` TIMESTAMP_LTZ(3), `zone` STRING>,
    `generation` INT,
    `rev` INT,
    `status` STRING,
    `cause` STRING,
    `complete` BOOLEAN,
    `mergedInto` STRING,
    `values` MAP<STRING, STRING>,
    `sums` MAP<STRING, STRING>,
    `count` BIGINT,
    `late` BIGINT,
    `minEventTime` TIMESTAMP_LTZ(3),
    `maxEventTime` TIMESTAMP_LTZ(3),
    `watermark` TIMESTAMP_LTZ(3),
    `inputs` ARRAY<ROW<`topic` STRING, `partition` INT, `first` BIGINT, `last` BIGINT>>,
    `jobVersion` STRING,
    appended TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka',
    'topic' = 'window-results',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.timestamp-format.standard' = 'ISO-8601',
    'json.ignore-parse-errors' = 'true'
);

CREATE VIEW last_window_results AS
SELECT `id`, `job`, `spec`, `key`, `window`, `generation`, `rev`, `status`, `complete`, `values`, `sums`, `count`, `late`
FROM (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY `id` ORDER BY `complete` DESC, `generation` DESC, `rev` DESC) AS place
    FROM window_results
)
WHERE place = 1;

CREATE TABLE window_previews WITH ('topic' = 'window-previews') LIKE window_results;

CREATE TABLE alerts (
    `id` STRING,
    `job` STRING,
    `generation` INT,
    `pattern` STRING,
    `client` STRING,
    `score` DECIMAL(4, 3),
    `reason` STRING,
    `start` TIMESTAMP_LTZ(3),
    `end` TIMESTAMP_LTZ(3),
    `transactions` ARRAY<ROW<`topic` STRING, `partition` INT, `offset` BIGINT, `ts` TIMESTAMP_LTZ(3),
        `amount` DECIMAL(19, 4), `merchant` STRING, `lat` DOUBLE, `lon` DOUBLE>>,
    `watermark` TIMESTAMP_LTZ(3),
    `jobVersion` STRING,
    appended TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka',
    'topic' = 'alerts',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.timestamp-format.standard' = 'ISO-8601',
    'json.ignore-parse-errors' = 'true'
);

-- The changelog, folded: the last row of a word has its count.
CREATE TABLE word_counts (
    word STRING,
    `count` BIGINT,
    PRIMARY KEY (word) NOT ENFORCED
) WITH (
    'connector' = 'upsert-kafka',
    'topic' = 'word-counts',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'key.format' = 'raw',
    'value.format' = 'json',
    'value.json.timestamp-format.standard' = 'ISO-8601',
    'value.json.ignore-parse-errors' = 'true',
    'value.fields-include' = 'EXCEPT_KEY'
);

-- Influx line protocol, several lines per message.
CREATE TABLE telegraf WITH ('topic' = 'telegraf') LIKE time_series (EXCLUDING WATERMARKS);

-- What was not counted: the input's bytes as they came. The headers say why and from where.

CREATE TABLE late_records (
    `value` BYTES,
    `headers` MAP<STRING, BYTES> METADATA VIRTUAL,
    appended TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
    WATERMARK FOR appended AS appended
) WITH (
    'connector' = 'kafka',
    'topic' = 'late-records',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'raw'
);

CREATE TABLE dead_letters WITH ('topic' = 'dead-letters') LIKE late_records;

-- The audit.

CREATE TABLE audit (
    `kind` STRING,
    `job` STRING,
    `generation` INT,
    `topic` STRING,
    `topicId` STRING,
    `partition` INT,
    `first` BIGINT,
    `last` BIGINT,
    `records` BIGINT,
    `rows` BIGINT,
    `rejected` BIGINT,
    `heartbeats` BIGINT,
    `unguarded` BIGINT,
    appended TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka',
    'topic' = 'audit',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.timestamp-format.standard' = 'ISO-8601',
    'json.ignore-parse-errors' = 'true'
);

CREATE TABLE job_runs (
    run STRING,
    `job` STRING,
    `generation` INT,
    `jobId` STRING,
    `specs` ARRAY<STRING>,
    `settings` MAP<STRING, STRING>,
    `started` TIMESTAMP_LTZ(3),
    `jobVersion` STRING,
    PRIMARY KEY (run) NOT ENFORCED
) WITH (
    'connector' = 'upsert-kafka',
    'topic' = 'job-runs',
    'properties.bootstrap.servers' = 'localhost:9092',
    'properties.isolation.level' = 'read_committed',
    'key.format' = 'raw',
    'value.format' = 'json',
    'value.json.timestamp-format.standard' = 'ISO-8601',
    'value.json.ignore-parse-errors' = 'true',
    'value.fields-include' = 'EXCEPT_KEY'
);
