// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench.sql;

import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/** Sums per device and window in Flink SQL, from the table of {@code deploy/sql/tables.sql}, exactly once. */
public final class SqlJob {

    private SqlJob() {}

    /**
     * Starts the job.
     *
     * @param args bootstrap servers, topic of the results, statement that creates table {@code device_readings}, type of its measured
     *     values, windows of that table as SQL
     */
    public static void main(String[] args) {
        var settings = EnvironmentSettings.inStreamingMode();
        var sql = TableEnvironment.create(settings);
        sql.getConfig().set("table.local-time-zone", "UTC");
        sql.getConfig().set("parallelism.default", "2");
        sql.getConfig().set("execution.checkpointing.interval", "500 ms");
        sql.executeSql(args[2]);
        sql.executeSql("""
                CREATE TABLE sums (
                    device STRING,
                    window_start TIMESTAMP(3),
                    readings BIGINT,
                    temperature %3$s,
                    humidity %3$s
                ) WITH (
                    'connector' = 'kafka',
                    'topic' = '%2$s',
                    'properties.bootstrap.servers' = '%1$s',
                    'properties.transaction.timeout.ms' = '900000',
                    'sink.delivery-guarantee' = 'exactly-once',
                    'sink.transactional-id-prefix' = '%2$s',
                    'format' = 'json',
                    'json.timestamp-format.standard' = 'ISO-8601'
                )""".formatted(args[0], args[1], args[3]));
        sql.executeSql("""
                INSERT INTO sums
                SELECT device, window_start, COUNT(*),
                    CAST(SUM(temperature) AS %1$s), CAST(SUM(humidity) AS %1$s)
                FROM TABLE(%2$s)
                WHERE device IS NOT NULL
                GROUP BY device, window_start, window_end""".formatted(args[3], args[4]));
    }
}
