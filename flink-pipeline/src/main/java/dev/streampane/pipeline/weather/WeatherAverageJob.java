// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobKind;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.JobOptions;
import dev.streampane.pipeline.kafka.KafkaSinks;
import dev.streampane.pipeline.kafka.KafkaSources;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Averages each device's readings per event-time window: {@code device-readings} to {@code window-results}. */
public final class WeatherAverageJob extends Job {

    public static final String NAME = "weather-average";

    public WeatherAverageJob() {
        super(
                NAME,
                "Average, minimum and maximum of temperature and humidity per device and window",
                new JobOptions(JobKind.WINDOWED));
    }

    @Override
    public void define(StreamExecutionEnvironment env, JobConfig config) {
        var readings = KafkaSources.of(env, config, new ReadingDecoder(config.get(JobOption.ZONE)));
        KafkaSinks.exactlyOnce(WeatherAverageTopology.build(readings, config.intake()), config);
    }
}
