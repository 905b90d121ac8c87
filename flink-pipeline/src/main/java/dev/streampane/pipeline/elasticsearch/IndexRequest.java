// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import dev.streampane.pipeline.decode.Fetched;
import java.io.Serializable;
import java.util.List;

/**
 * What Elasticsearch is to hold of one record of the log: its documents, or, when it cannot have any, why not.
 *
 * @param record the record as it lies in the log, for its position and for a dead letter
 * @param id the result's id; empty when the record could not be read
 * @param documents what to index; empty when the record is refused before it is sent
 * @param reason reason code of the refusal; empty when there are documents
 * @param message what was wrong, for people; empty when there are documents
 */
public record IndexRequest(Fetched record, String id, List<Document> documents, String reason, String message)
        implements Serializable {

    /**
     * One document.
     *
     * @param version external version: Elasticsearch keeps the document with the largest, and takes an equal one again
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
