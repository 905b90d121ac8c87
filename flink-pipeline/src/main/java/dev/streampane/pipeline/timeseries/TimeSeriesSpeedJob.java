// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobKind;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.JobOptions;
import dev.streampane.pipeline.kafka.KafkaSinks;
import dev.streampane.pipeline.kafka.KafkaSources;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Summarises each tag per event-time window: {@code time-series} to {@code window-results} and {@code telegraf}. */
public final class TimeSeriesSpeedJob extends Job {

    public static final String NAME = "time-series-speed";

    public TimeSeriesSpeedJob() {
        super(
                NAME,
                "Average, minimum and maximum or last text per tag and window, also as line protocol",
                new JobOptions(
                        JobKind.WINDOWED,
                        JobOption.INPUT_TOPIC.withFallback("time-series"),
                        JobOption.ALLOWED_LATENESS.withFallback("15m"),
                        JobOption.PARALLELISM.withFallback("1"),
                        JobOption.TELEGRAF_TOPIC,
                        TagTypes.INTEGER_NAMES,
                        TagTypes.STRING_NAMES));
    }

    @Override
    public void define(StreamExecutionEnvironment env, JobConfig config) {
        var decoder = new TimeSeriesDecoder(config.get(JobOption.ZONE), TagTypes.of(config));
        var rows = KafkaSources.of(env, config, decoder);
        KafkaSinks.exactlyOnce(TimeSeriesSpeedTopology.build(rows, config.intake()), config);
    }
}
