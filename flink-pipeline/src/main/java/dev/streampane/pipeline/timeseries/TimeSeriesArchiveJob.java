// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.io.HoldRejects;
import dev.streampane.pipeline.io.KafkaSinks;
import dev.streampane.pipeline.io.KafkaSources;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobCatalog;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Keeps every row of {@code time-series} as Parquet, in folders by the UTC day of its step.
 *
 * <p>Files and Kafka records become visible with the same checkpoints, but not in one transaction: each exactly once for itself.
 */
public final class TimeSeriesArchiveJob extends Job {

    /** The job's name. */
    public static final String NAME = "time-series-archive";

    /** For {@link JobCatalog}. */
    public TimeSeriesArchiveJob() {
        super(NAME, "Every row of a time series as Parquet, in folders by day");
    }

    @Override
    public void define(StreamExecutionEnvironment env, JobConfig config) {
        var types = new TagTypes(config.get(JobOption.INTEGER_NAMES), config.get(JobOption.STRING_NAMES));
        var rows = KafkaSources.of(env, config, new TimeSeriesDecoder(config.get(JobOption.ZONE), types));
        var archive = ArchiveSink.of(
                config.get(JobOption.ARCHIVE_DIR),
                config.get(JobOption.GENERATION),
                config.get(JobOption.COMPACT_AFTER),
                config.checkpointInterval());
        KafkaSinks.exactlyOnce(HoldRejects.of(TimeSeriesArchiveTopology.build(rows, config.intake(), archive)), config);
    }
}
