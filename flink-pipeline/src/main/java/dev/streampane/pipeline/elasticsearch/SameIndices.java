// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.elasticsearch.ElasticsearchClient.Answer;
import dev.streampane.pipeline.job.BackOff;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.elasticsearch.client.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards all records, and ends the job if its state continues beside an Elasticsearch that has lost documents, for example because it was
 * emptied or restored from an older snapshot: the next position would claim that they are there. A checkpoint completes only after the positions
 * of the records before it are written, so that Elasticsearch must have the positions of the state or later ones. They are checked at the first
 * record of a partition. State: {@code <id of the position's document>=<position>}.
 *
 * <p>The task blocks while Elasticsearch does not answer; it can be cancelled.
 */
public final class SameIndices<T> extends RichFilterFunction<Decoded<T>> implements CheckpointedFunction {

    private static final Logger LOG = LoggerFactory.getLogger(SameIndices.class);
    private static final BackOff BACK_OFF = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(5));

    /** Name of the state: part of the on-disk format. */
    private static final String POSITIONS = "positions";

    private static final char SEPARATOR = '='; // not part of any topic id

    private final ElasticsearchAccess access;

    private transient ListState<String> kept;
    private transient Map<String, Long> positions;
    private transient Set<String> unseen;
    private transient Fetched last;

    /** The number of consecutive requests that failed. */
    private transient volatile int failures;

    public SameIndices(ElasticsearchAccess access) {
        this.access = access;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        kept = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(POSITIONS, StringSerializer.INSTANCE));
        positions = new HashMap<>();
        for (String position : kept.get()) {
            int end = position.indexOf(SEPARATOR);
            positions.merge(position.substring(0, end), Long.valueOf(position.substring(end + 1)), Math::max);
        }
        unseen = new HashSet<>(positions.keySet());
    }

    @Override
    public void open(OpenContext context) {
        getRuntimeContext().getMetricGroup().gauge("failuresInARow", () -> failures);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        keepLast();
        kept.update(positions.entrySet().stream()
                .map(position -> position.getKey() + SEPARATOR + position.getValue())
                .toList());
    }

    @Override
    public boolean filter(Decoded<T> decoded) throws Exception {
        Fetched record = decoded.fetched();
        if (last == null || !record.isBeside(last)) {
            keepLast();
            String id = id(record);
            if (unseen.remove(id)) {
                check(id, positions.get(id));
            }
        }
        last = record;
        return true;
    }

    private void keepLast() {
        if (last != null) {
            positions.merge(id(last), last.offset() + 1, Math::max);
        }
    }

    private static String id(Fetched record) {
        return LogPositions.id(record.topicId(), record.partition());
    }

    private void check(String id, long position) throws IOException, InterruptedException, ExecutionException {
        try (var client = new ElasticsearchClient(access)) {
            Answer answer = ask(client, id);
            long found = answer.body().at("/_source/offset").asLong(-1);
            if (found < position) {
                throw lost(
                        id, (found < 0 ? "is not there" : "says " + found) + " and the state goes on from " + position);
            }
        }
    }

    /** Waits until Elasticsearch answers. */
    private Answer ask(ElasticsearchClient client, String id) throws InterruptedException, ExecutionException {
        while (true) {
            Answer answer = client.perform(new Request("GET", '/' + LogPositions.INDEX + "/_doc/" + id))
                    .get();
            if (answer.body().has("found") || answer.errorType().equals("index_not_found_exception")) {
                failures = 0;
                return answer; // a proxy's answer has neither
            }
            failures++;
            LOG.warn("Cannot read a position, trying again, id={} cause={}", id, answer.cause());
            Thread.sleep(BACK_OFF.millis(failures));
        }
    }

    static SuppressRestartsException lost(String id, String what) {
        return new SuppressRestartsException(new IllegalStateException(
                "Elasticsearch has lost documents: %s of index %s %s; start a new generation without state"
                        .formatted(id, LogPositions.INDEX, what)));
    }
}
