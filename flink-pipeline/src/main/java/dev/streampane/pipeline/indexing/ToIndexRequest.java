// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.io.IndexRequest;
import dev.streampane.pipeline.io.IndexRequest.Document;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.connector.base.sink.writer.ElementConverter;

/**
 * Makes the two documents of a window result: the one that the next revision replaces ({@code _id} = id, in {@code
 * window-results-<job>-<yyyy.MM>}), and the one that stays ({@code _id} = id~generation~rev, in {@code window-history-<job>-<yyyy.MM>}).
 * The month is that of the window's start, so that all revisions of a window meet in one index. A reject becomes a refused request.
 */
final class ToIndexRequest implements ElementConverter<Decoded<IndexedResult>, IndexRequest> {

    static final int DOCUMENTS = 2;

    private static final long serialVersionUID = 1L;

    @Override
    public IndexRequest apply(Decoded<IndexedResult> decoded, SinkWriter.Context context) {
        if (decoded.rejected()) {
            return IndexRequest.refused(
                    decoded.fetched(), decoded.reason().code(), decoded.message());
        }
        IndexedResult result = decoded.value();
        String historyId = result.id() + '~' + result.generation() + '~' + result.rev();
        return IndexRequest.of(
                decoded.fetched(),
                result.id(),
                List.of(
                        document("window-results-", result, result.id()),
                        document("window-history-", result, historyId)));
    }

    private static Document document(String prefix, IndexedResult result, String id) {
        String index = prefix + result.job() + '-' + result.month();
        return new Document(index, id, result.version(), result.source());
    }
}
