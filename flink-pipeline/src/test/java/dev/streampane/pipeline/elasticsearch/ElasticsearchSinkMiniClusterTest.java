// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.testing.LoggedLines;
import dev.streampane.pipeline.testing.TopologyRun;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sink in a running job, against a server that misbehaves as told. */
class ElasticsearchSinkMiniClusterTest {

    private static final int RECORDS = 2_000;
    private static final int BULK = 100;

    /** Records that have left the source; static, as the job's functions are copies. */
    private static final AtomicLong EMITTED = new AtomicLong();

    private final Set<String> taken = ConcurrentHashMap.newKeySet();
    private final AtomicInteger bulks = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();

    @BeforeEach
    void reset() {
        EMITTED.set(0);
    }

    @Test
    void shouldWaitLongerAndLongerWithBoundedMemoryWhileElasticsearchIsBusy() throws Exception {
        // Given
        int refusals = 6;
        AtomicLong emittedWhileBusy = new AtomicLong();
        AtomicLong busyUntil = new AtomicLong();
        long start = System.nanoTime();
        // When
        run(actions -> {
            if (bulks.incrementAndGet() <= refusals) {
                emittedWhileBusy.set(EMITTED.get());
                busyUntil.set(System.nanoTime());
                return new StubElasticsearch.Answer(429, "{\"error\":{}}");
            }
            return take(actions, id -> 200);
        });
        // Then
        assertThat(taken).hasSize(RECORDS);
        assertThat(mostAtOnce.get()).isLessThanOrEqualTo(ElasticsearchSink.MAX_IN_FLIGHT);
        assertThat(emittedWhileBusy.get()).isLessThanOrEqualTo(6 * BULK + 2);
        assertThat(Duration.ofNanos(busyUntil.get() - start)).isGreaterThan(Duration.ofSeconds(1));
    }

    @Test
    void shouldSendAgainOnlyWhatWasNotTaken() throws Exception {
        // Given
        Map<String, Integer> tries = new ConcurrentHashMap<>();
        // When
        run(actions -> take(actions, id -> {
            int number = tries.merge(id, 1, Integer::sum);
            return id.endsWith("77") && number == 1 ? 503 : 200;
        }));
        // Then
        assertThat(taken).hasSize(RECORDS);
        assertThat(tries).allSatisfy((id, number) -> assertThat(number).isEqualTo(id.endsWith("77") ? 2 : 1));
    }

    /** Whose producer has no brokers. */
    @Test
    void shouldSayWhyADeadLetterCannotBeWritten() throws Exception {
        // Given
        Set<String> refused = ConcurrentHashMap.newKeySet();
        // When
        List<String> warnings;
        try (var logged = new LoggedLines(ElasticsearchWriter.class)) {
            run(actions -> StubElasticsearch.each(
                    actions,
                    action -> action.get("_id").asText().equals("number-77") && refused.add("number-77") ? 400 : 200));
            warnings = logged.lines();
        }
        // Then
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("cause=no dead letter could be written: ", "bootstrap.servers");
    }

    private void run(Function<List<JsonNode>, StubElasticsearch.Answer> records) throws Exception {
        Configuration flink = new Configuration();
        flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
        var env = StreamExecutionEnvironment.getExecutionEnvironment(flink).setParallelism(1);
        try (var stub = new StubElasticsearch(actions -> answer(actions, records))) {
            env.fromSequence(1, RECORDS)
                    .map(ElasticsearchSinkMiniClusterTest::record)
                    .returns(Decoded.type(TypeInformation.of(IndexRequest.class)))
                    .sinkTo(new ElasticsearchSink(
                            StubElasticsearch.access(stub.url()),
                            Duration.ofMillis(20),
                            BULK,
                            1,
                            "index-results",
                            1,
                            new Properties(),
                            "dead-letters",
                            List.of()));
            TopologyRun.run(env.getStreamGraph());
        }
    }

    private StubElasticsearch.Answer answer(
            List<JsonNode> actions, Function<List<JsonNode>, StubElasticsearch.Answer> records) {
        if (actions.get(0).get("_index").asText().equals(LogPositions.INDEX)) {
            return StubElasticsearch.each(actions, action -> 200);
        }
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        try {
            return records.apply(actions);
        } finally {
            atOnce.decrementAndGet();
        }
    }

    private StubElasticsearch.Answer take(List<JsonNode> actions, Function<String, Integer> statusOf) {
        return StubElasticsearch.each(actions, action -> {
            String id = action.get("_id").asText();
            int status = statusOf.apply(id);
            if (status < 500) {
                taken.add(id);
            }
            return status;
        });
    }

    private static Decoded<IndexRequest> record(long number) {
        EMITTED.incrementAndGet();
        Fetched fetched = new Fetched("window-results", "epoch", 0, number, 0, null, new byte[0], null);
        String id = "number-" + number;
        byte[] source = "{}".getBytes(StandardCharsets.UTF_8);
        var document = new IndexRequest.Document("numbers", id, number, source);
        return Decoded.value(fetched, new IndexRequest(id, List.of(document)), number);
    }
}
