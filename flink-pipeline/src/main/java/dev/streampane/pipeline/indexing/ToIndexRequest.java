// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import dev.streampane.pipeline.elasticsearch.IndexRequest.Document;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.connector.base.sink.writer.ElementConverter;

/** Makes the documents of a result or an alert, one for each of its places. A reject becomes a refused request. */
final class ToIndexRequest implements ElementConverter<Decoded<Indexed>, IndexRequest> {

    /** At most so many documents of one record. */
    static final int DOCUMENTS = 2;

    @Override
    public IndexRequest apply(Decoded<Indexed> decoded, SinkWriter.Context context) {
        if (decoded.rejected()) {
            return IndexRequest.refused(decoded.fetched(), decoded.reason().code(), decoded.message());
        }
        Indexed indexed = decoded.value();
        return IndexRequest.of(
                decoded.fetched(),
                indexed.id(),
                indexed.places().stream()
                        .map(place -> new Document(place.index(), place.id(), indexed.version(), indexed.source()))
                        .toList());
    }
}
