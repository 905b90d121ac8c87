// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.StackPort;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What planted faults of the checks do not show of the facts. */
class FactsTest {

    @ParameterizedTest
    @EnumSource
    void shouldReadPortsOfServicesAndServers(Service service) {
        assertThat(Ports.of(service)).isEqualTo(Ports.of(StackPort.valueOf(service.name())));
        assertThat(Ports.management(service)).isEqualTo(Ports.of(StackPort.valueOf(service.name() + "_MANAGEMENT")));
        assertThat(Ports.all()).contains(8080, 8081, 9080, 9092, 9200).doesNotContain(8079);
    }

    /** Each transaction of a job is of a producer of its own, which brokers remember for a day in each partition unless they are told otherwise. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "deploy/local/src/main/resources/kafka-server.properties",
                "deploy/compose/compose.yaml",
                "deploy/kubernetes/base/kafka/kafka.yaml"
            })
    void shouldForgetProducersWithTheirTransactionalIds(String brokers) {
        assertThat(expiration("producer", brokers)).isEqualTo(expiration("transactional", brokers));
    }

    /** Flink's metrics stand still for so long when a TaskManager dies while it is asked for its own. */
    @ParameterizedTest
    @ValueSource(strings = {"deploy/compose/compose.yaml", "deploy/kubernetes/base/flink/every-job.yaml"})
    void shouldNotAskADeadTaskManagerForLong(String flink) {
        assertThat(number("web\\.timeout: \"?([0-9]+)s", flink)).isEqualTo(10);
    }

    @Test
    void shouldRotateTheLogsOfCompose() {
        assertThat(number("max-size: ([0-9]+)m, max-file: \"3\"", "deploy/compose/compose.yaml"))
                .isLessThanOrEqualTo(10);
    }

    /** Telegraf drops points that its buffer has no room for, and does not read them again. */
    @ParameterizedTest
    @ValueSource(strings = {"deploy/compose/telegraf.conf", "deploy/kubernetes/overlays/dev/telegraf.conf"})
    void shouldHaveRoomInTelegrafForAllThatItReadsAhead(String configuration) {
        // Given
        long characters = number(
                "FULL = ([0-9_]+)", "flink-pipeline/src/main/java/dev/streampane/pipeline/timeseries/WriteLines.java");
        long shortest = "tags,name=a text=\"\" 0\n".length();

        // When
        long messages = number("max_undelivered_messages = ([0-9]+)", configuration);

        // Then
        assertThat(messages * (characters / shortest + 2))
                .isLessThanOrEqualTo(number("metric_buffer_limit = ([0-9]+)", configuration));
    }

    private static long number(String pattern, String file) {
        return Long.parseLong(
                Sources.find(Pattern.compile(pattern), file).group(1).replace("_", ""));
    }

    private static String expiration(String of, String brokers) {
        return Sources.find(
                        Pattern.compile(of + "[._]id[._]expiration[._]ms[=: \"]+([0-9]+)", Pattern.CASE_INSENSITIVE),
                        brokers)
                .group(1);
    }
}
