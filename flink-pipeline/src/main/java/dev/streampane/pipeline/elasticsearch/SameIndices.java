// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.elasticsearch.ElasticsearchClient.Answer;
import dev.streampane.pipeline.job.BackOff;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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
 * Forwards all records, and ends the job if Elasticsearch has lost documents, for example because it was emptied or restored from an older
 * snapshot: the next position would claim that they are there. Both change the UUIDs of the index of the positions, which the first record and
 * each checkpoint compare. A checkpoint completes only after the positions of the records before it are written, so that Elasticsearch must also
 * have the positions of the state or later ones: they are checked at the first record of a partition.
 *
 * <p>State: {@code <id of the position's document>=<position>}, and {@code index=<UUIDs of their index>} after the first record.
 *
 * <p>The task blocks while Elasticsearch does not answer; it can be cancelled.
 */
public final class SameIndices<T> extends RichFilterFunction<Decoded<T>> implements CheckpointedFunction {

    private static final Logger LOG = LoggerFactory.getLogger(SameIndices.class);

    /** Name of the state: part of the on-disk format. */
    private static final String POSITIONS = "positions";

    private static final char SEPARATOR = '='; // not part of any topic id

    private static final String INDEX = "index"; // no id of a position

    private final ElasticsearchAccess access;

    private transient ElasticsearchClient client;
    private transient String index;

    /** Whether Elasticsearch has had this index since the start. */
    private transient boolean found;

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
        index = "";
        for (String entry : kept.get()) {
            int end = entry.indexOf(SEPARATOR);
            String name = entry.substring(0, end);
            String value = entry.substring(end + 1);
            if (name.equals(INDEX)) {
                index = value;
            } else {
                positions.merge(name, Long.valueOf(value), Math::max);
            }
        }
        unseen = new HashSet<>(positions.keySet());
    }

    @Override
    public void open(OpenContext context) {
        getRuntimeContext().getMetricGroup().gauge("failuresInARow", () -> failures);
        client = new ElasticsearchClient(access);
    }

    @Override
    public void close() throws IOException {
        if (client != null) {
            client.close();
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        keepLast();
        List<String> entries = new ArrayList<>();
        positions.forEach((id, position) -> entries.add(id + SEPARATOR + position));
        if (!index.isEmpty()) {
            checkIndex();
            entries.add(INDEX + SEPARATOR + index);
        }
        kept.update(entries);
    }

    @Override
    public boolean filter(Decoded<T> decoded) throws Exception {
        Fetched record = decoded.fetched();
        if (last == null || !record.isBeside(last)) {
            keepLast();
            String id = id(record);
            if (last == null) {
                checkIndex();
            }
            if (unseen.remove(id)) {
                checkPosition(id, positions.get(id));
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

    private void checkPosition(String id, long position) throws InterruptedException, ExecutionException {
        long known = ask("GET", "/_doc/" + id, "found").at("/_source/offset").asLong(-1);
        if (known < position) {
            throw lost("%s of index %s %s and the state goes on from %d"
                    .formatted(id, LogPositions.INDEX, known < 0 ? "is not there" : "says " + known, position));
        }
    }

    /**
     * Creates the index if the state does not know it; positions are written to it only while it is there.
     *
     * <p>Deletes the positions before the job ends if it has written to what is another index by now: they would pass for right while a new
     * generation fills the indices. Leaves them if the index was another one from the start: a newer generation may have written them.
     */
    private void checkIndex() throws InterruptedException, ExecutionException {
        if (index.isEmpty()) {
            ask("PUT", "", "acknowledged");
        }
        JsonNode settings = ask("GET", "/_settings?flat_settings=true", LogPositions.INDEX)
                .path(LogPositions.INDEX)
                .path("settings");
        String now = settings.path("index.uuid").asText()
                + settings.path("index.history.uuid").asText();
        if (index.isEmpty()) {
            index = now;
        } else if (!now.equals(index)) {
            if (found) {
                ask("DELETE", "", "acknowledged");
            }
            throw lost("index %s was %s and is %s".formatted(LogPositions.INDEX, index, now.isEmpty() ? "gone" : now));
        }
        found = !now.isEmpty();
    }

    /** Waits until Elasticsearch gives an answer with this field, or says that there is no such index, or one already. */
    private JsonNode ask(String method, String path, String field) throws InterruptedException, ExecutionException {
        while (true) {
            Answer answer = client.perform(new Request(method, '/' + LogPositions.INDEX + path))
                    .get();
            if (answer.body().has(field)
                    || answer.status() == 404 && answer.errorType().equals("index_not_found_exception")
                    || answer.status() == 400 && answer.errorType().equals("resource_already_exists_exception")) {
                failures = 0;
                return answer.body();
            }
            failures++;
            LOG.warn("Cannot read positions, trying again, path={} cause={}", path, answer.cause());
            Thread.sleep(BackOff.OF_A_SERVER.millis(failures));
        }
    }

    static SuppressRestartsException lost(String what) {
        return new SuppressRestartsException(new IllegalStateException(
                "Elasticsearch has lost documents: " + what + "; start a new generation without state"));
    }
}
