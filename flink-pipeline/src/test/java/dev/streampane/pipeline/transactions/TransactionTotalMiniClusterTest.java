// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.testing.GoldenSavepoint;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.TestSettings;
import dev.streampane.pipeline.testing.TopologyRun;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TransactionTotalMiniClusterTest {

    private static final TopologyRun.Setup<Transaction> SETUP = setup();

    private final PartitionedLog log = new PartitionedLog(2);
    private final LogWriter input = new LogWriter(log, "transactions");

    private static TopologyRun.Setup<Transaction> setup() {
        var settings = TestSettings.of("transaction-total").intake();
        return new TopologyRun.Setup<>(
                TransactionTotalTopology::build, new TransactionDecoder(settings.zone()), settings, 1);
    }

    private static String told(WindowResult result) {
        return result.entityKey()
                + ' '
                + result.window().end()
                + ' '
                + result.values().stream()
                        .map(value -> value.number().toString())
                        .collect(Collectors.joining(" "))
                + " of "
                + result.count();
    }

    private static List<String> told(TopologyRun run) {
        return run.results().stream().map(TransactionTotalMiniClusterTest::told).toList();
    }

    @Test
    void shouldTotalEachClientExactly() {
        // Given payments out of order, on the end of a window, and of an undecodable kind
        input.payment(0, "06:00:59.999", "3", "120")
                .payment(0, "06:00:10", "\"3\"", "0.1")
                .payment(1, "06:00:20", "3", "0.2")
                .payment(1, "06:01:00", "3", "7")
                .payment(1, "06:01:01", "4", "-99999999.99995")
                .json(0, null, LogWriter.time("06:00:01"), "{\"client\":3,\"amount\":\"12\"}")
                .close();

        // When
        TopologyRun run = SETUP.start(log, 2).awaitEnd();

        // Then
        assertThat(told(run))
                .containsExactlyInAnyOrder(
                        "3 2026-11-20T06:01:00Z 120.3000 0.1000 120.0000 of 3",
                        "3 2026-11-20T06:02:00Z 7.0000 7.0000 7.0000 of 1",
                        "4 2026-11-20T06:02:00Z -100000000.0000 -100000000.0000 -100000000.0000 of 1");
        assertThat(run.results().get(0).sums())
                .extracting(WindowResult.Value::name)
                .containsExactly("amount");
        assertThat(run.deadLetters()).singleElement().satisfies(letter -> assertThat(letter.reason())
                .isEqualTo("missing"));
    }

    /** One window has been told and one is open; then a late payment and one more. */
    @Test
    void shouldGoOnFromTheGoldenSavepoint() throws Exception {
        var settings = TestSettings.of("transaction-total")
                .auditInterval(Duration.ofHours(1))
                .intake();
        new GoldenSavepoint<>(
                        "transaction-total",
                        SETUP.with(settings),
                        "transactions",
                        log -> log.payment(0, "06:00:10", "3", "0.1")
                                .payment(1, "06:00:20", "4", "-99999999.9999")
                                .heartbeat(0, "06:01:30")
                                .heartbeat(1, "06:01:30")
                                .payment(0, "06:01:20", "3", "2")
                                .payment(0, "06:01:40", "4", "?")
                                .payment(1, "06:01:40", "4", "?"),
                        run -> run.results().size() == 2,
                        log -> log.payment(0, "06:00:30", "3", "0.2").payment(1, "06:01:45", "3", "4"))
                .assertGoesOn();
    }
}
