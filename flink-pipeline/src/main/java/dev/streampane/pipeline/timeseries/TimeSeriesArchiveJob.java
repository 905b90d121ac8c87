// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobKind;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.JobOptions;
import dev.streampane.pipeline.job.OptionType;
import dev.streampane.pipeline.kafka.HoldUntilBarrier;
import dev.streampane.pipeline.kafka.KafkaSinks;
import dev.streampane.pipeline.kafka.KafkaSources;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Archives every row of {@code time-series} as Parquet, in folders by the UTC day of its step.
 *
 * <p>Files and Kafka records become visible with the same checkpoints, but not in one transaction: each of the two is exactly-once by itself.
 */
public final class TimeSeriesArchiveJob extends Job {

    public static final String NAME = "time-series-archive";

    private static final JobOptions OPTIONS = new JobOptions(
            JobKind.TIMED,
            JobOption.INPUT_TOPIC.withFallback("time-series"),
            JobOption.ALLOWED_LATENESS.withFallback("15m"),
            JobOption.PARALLELISM.withFallback("1"),
            JobOption.CHECKPOINT_INTERVAL.withFallback("60s"),
            JobOption.CHECKPOINT_TIMEOUT.withFallback("5m"),
            TagTypes.INTEGER_NAMES,
            TagTypes.STRING_NAMES);

    public static final JobOption<Path> ARCHIVE_DIR = OPTIONS.add(
            "archive-dir",
            "/var/lib/streampane/archive",
            OptionType.directory(),
            "Directory of the archive's Parquet files");

    /** The age at which the hidden files of a day are merged into one that readers see. */
    public static final JobOption<Duration> COMPACT_AFTER = OPTIONS.add(
            "compact-after",
            "4h",
            OptionType.duration("1s", "7d"),
            "Age of rows at which their files are merged into one visible file");

    public TimeSeriesArchiveJob() {
        super(NAME, "Every row of a time series as Parquet, in folders by day", OPTIONS);
    }

    @Override
    protected Optional<JobOption<Path>> filesOfState() {
        return Optional.of(ARCHIVE_DIR);
    }

    @Override
    public void define(StreamExecutionEnvironment env, JobConfig config) {
        var types = TagTypes.of(config);
        var rows = KafkaSources.of(env, config, new TimeSeriesDecoder(config.get(JobOption.ZONE), types));
        var archive = ArchiveSink.of(
                config.get(ARCHIVE_DIR),
                config.get(JobOption.GENERATION),
                config.get(COMPACT_AFTER),
                config.checkpointInterval());
        KafkaSinks.exactlyOnce(
                HoldUntilBarrier.of(TimeSeriesArchiveTopology.build(rows, config.intake(), archive)), config);
    }
}
