// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import dev.streampane.pipeline.decode.Fetched;
import java.io.Serializable;
import java.util.List;

/**
 * The documents that one record becomes in Elasticsearch, or the reason why it cannot become any.
 *
 * @param record the record in Kafka, for its position and for a dead letter
 * @param id the result's id; empty when the record could not be read
 * @param documents the documents to index; empty when the record is refused before it is sent
 * @param reason reason code of the refusal; empty when there are documents
 * @param message what was wrong, for people; empty when there are documents
 */
public record IndexRequest(Fetched record, String id, List<Document> documents, String reason, String message)
        implements Serializable {

    /**
     * One document.
     *
     * @param version external version: Elasticsearch keeps the document with the largest version, and takes an equal one again
     * @param source JSON on one line
     */
    public record Document(String index, String id, long version, byte[] source) implements Serializable {}

    public static IndexRequest of(Fetched record, String id, List<Document> documents) {
        return new IndexRequest(record, id, List.copyOf(documents), "", "");
    }

    public static IndexRequest refused(Fetched record, String reason, String message) {
        return new IndexRequest(record, "", List.of(), reason, message);
    }

    boolean refused() {
        return documents.isEmpty();
    }
}
