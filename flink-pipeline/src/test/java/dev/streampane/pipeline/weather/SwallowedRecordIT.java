// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.pipeline.window.ResultShape.Statistic.AVERAGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.audit.AuditCheck;
import dev.streampane.local.audit.AuditReport;
import dev.streampane.local.audit.AuditReport.Finding;
import dev.streampane.local.log.Topics;
import dev.streampane.pipeline.JobsOnKafka;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Measures;
import dev.streampane.pipeline.intake.Admission;
import dev.streampane.pipeline.intake.IntakeSettings;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.kafka.KafkaSinks;
import dev.streampane.pipeline.kafka.KafkaSources;
import dev.streampane.pipeline.testing.ReadOutputs;
import dev.streampane.pipeline.window.PaneResults;
import dev.streampane.pipeline.window.Partial;
import dev.streampane.pipeline.window.ResultShape;
import java.util.List;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The audit must show it when any part of a job swallows one record. The jobs here are
 * weather-average with a hole in one place; each is a generation of its own with an input topic of
 * its own. Windows of 10 s, B = 1 s, L = 5 s.
 */
class SwallowedRecordIT extends JobsOnKafka {

    private static final String DAY = "2024-05-12T";
    private static final int PARTITIONS = 2;

    private static AuditReport report;

    /** What is swallowed. */
    private enum Swallowed {
        NOTHING,
        DECODED,
        WINDOWED,
        RESULT,
        LATE_RECORD,
        DEAD_LETTER,
        AUDIT_LINE;

        int generation() {
            return ordinal() + 1;
        }

        String topic() {
            return "readings-" + generation();
        }
    }

    /** weather-average, but for the record that is {@code swallowed}. */
    private static final class SwallowingJob extends Job {

        private static final ResultShape SHAPE = new ResultShape(
                List.of(new ResultShape.Metric("temp", ReadingDecoder.SCALE)),
                List.of(new ResultShape.Column("avg_temp", AVERAGE, 0)));

        private final Swallowed swallowed;

        SwallowingJob(Swallowed swallowed) {
            super(WeatherAverageJob.NAME, "swallows one record");
            this.swallowed = swallowed;
        }

        @Override
        public void define(StreamExecutionEnvironment env, JobConfig config) {
            IntakeSettings settings = config.intake();
            var readings = KafkaSources.of(env, config, new ReadingDecoder(config.get(JobOption.ZONE)));
            var decoded = readings.filter(without(swallowed == Swallowed.DECODED, new TheFourth()))
                    .setParallelism(readings.getParallelism())
                    .uid("swallow-decoded");
            Admission<DeviceReading> admitted =
                    Admission.of(decoded, TypeInformation.of(DeviceReading.class), settings, "reading-intake");
            DataStream<Partial> partials = admitted.partials(
                            0,
                            new Measures<>(DeviceReading::device, reading -> new long[] {reading.temperatureMicros()}),
                            settings.firing(),
                            "reading-partials")
                    .filter(without(swallowed == Swallowed.WINDOWED, new OfDevice2()))
                    .uid("swallow-windowed");
            DataStream<Output> outputs = new PaneResults(settings.label(), SHAPE, settings.firing())
                    .over(partials, settings.specs().get(0), "average-per-device")
                    .union(admitted.reports())
                    .filter(without(true, new OutputOf(swallowed)))
                    .uid("swallow-output");
            KafkaSinks.exactlyOnce(outputs, config);
        }

        private static <T> FilterFunction<T> without(boolean drop, FilterFunction<T> dropped) {
            return value -> !drop || !dropped.filter(value);
        }
    }

    private static final class TheFourth implements FilterFunction<Decoded<DeviceReading>> {
        @Override
        public boolean filter(Decoded<DeviceReading> decoded) {
            return decoded.fetched().partition() == 0 && decoded.fetched().offset() == 3;
        }
    }

    private static final class OfDevice2 implements FilterFunction<Partial> {
        @Override
        public boolean filter(Partial partial) {
            return partial.key.equals("device2");
        }
    }

    private record OutputOf(Swallowed swallowed) implements FilterFunction<Output> {

        @Override
        public boolean filter(Output output) {
            return switch (swallowed) {
                case NOTHING, DECODED, WINDOWED -> false;
                case RESULT -> ReadOutputs.results(List.of(output)).stream().anyMatch(result -> result.count() == 1);
                case LATE_RECORD -> output.channel() == Output.Channel.LATE;
                case DEAD_LETTER -> output.channel() == Output.Channel.DEAD_LETTERS;
                case AUDIT_LINE ->
                    ReadOutputs.lines(List.of(output)).stream()
                            .anyMatch(line -> line.key().partition() == 0 && line.first() == 0);
            };
        }
    }

    /** All of them at once, step by step. */
    @BeforeAll
    static void runTheJobs() throws Exception {
        for (Swallowed swallowed : Swallowed.values()) {
            log.create(swallowed.topic(), PARTITIONS);
            flink.start(new SwallowingJob(swallowed), config(swallowed));
        }
        for (Swallowed swallowed : Swallowed.values()) {
            String topic = swallowed.topic();
            for (int second = 1; second <= 9; second += 2) {
                reading(topic, 0, "00:00:0" + second, "device1");
            }
            reading(topic, 1, "00:00:05", "device2");
            log.write(topic, 1, null, "not json");
            heartbeats(topic, "00:00:30");
            reading(topic, 1, "00:00:06", "device1"); // late: C = 30, H = 24
        }
        for (Swallowed swallowed : Swallowed.values()) {
            awaitCommitted("window-results", "\"key\":\"device1\"", generation(swallowed));
            awaitCommitted("audit", generation(swallowed), "\"partition\":1,", "\"last\":3,");
            heartbeats(swallowed.topic(), "00:00:31");
        }
        for (Swallowed swallowed : Swallowed.values()) {
            awaitCommitted("audit", generation(swallowed), "\"partition\":0,", "\"last\":6,");
            awaitCommitted("audit", generation(swallowed), "\"partition\":1,", "\"last\":4,");
        }
        flink.cancelAll();
        report = AuditCheck.check(Topics.client(log.servers()));
    }

    private static JobConfig config(Swallowed swallowed) {
        return JobConfig.of(
                WeatherAverageJob.NAME,
                "--bootstrap-servers=" + log.servers(),
                "--input-topic=" + swallowed.topic(),
                "--generation=" + swallowed.generation(),
                "--parallelism=2",
                "--audit-interval=100ms",
                "--checkpoint-interval=500ms", // audit lines ask for none
                "--windows=tumbling(10s)",
                "--out-of-orderness=1s",
                "--allowed-lateness=5s");
    }

    private static void reading(String topic, int partition, String time, String device) throws Exception {
        log.write(
                topic,
                partition,
                device,
                "{\"device\":\"%s\",\"ts\":\"%s%sZ\",\"temperature\":20,\"humidity\":50}".formatted(device, DAY, time));
    }

    private static void heartbeats(String topic, String time) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            log.write(topic, partition, null, "{\"ts\":\"" + DAY + time + "Z\"}", "heartbeat");
        }
    }

    private static String generation(Swallowed swallowed) {
        return "\"generation\":" + swallowed.generation() + ",";
    }

    private static void awaitCommitted(String topic, String... texts) {
        await().untilAsserted(() -> assertThat(log.committedValues(topic))
                .anySatisfy(value -> assertThat(value).contains(texts)));
    }

    private static List<String> findings(Swallowed swallowed) {
        return report.findings().stream()
                .filter(finding -> finding.generation() == swallowed.generation())
                .map(Finding::check)
                .toList();
    }

    @Test
    void shouldFindNothingWhereNothingWasSwallowed() {
        assertThat(findings(Swallowed.NOTHING)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DECODED, swallowed",
        "WINDOWED, windows",
        "RESULT, windows",
        "LATE_RECORD, late",
        "DEAD_LETTER, rejected"
    })
    void shouldFindWhatWasSwallowed(Swallowed swallowed, String check) {
        assertThat(findings(swallowed)).containsExactly(check);
    }

    @Test
    void shouldFindTheAuditLineThatTheSinkSwallowed() {
        assertThat(findings(Swallowed.AUDIT_LINE)).contains("lines");
    }
}
