// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import java.util.List;

/**
 * The documents that one record becomes in Elasticsearch.
 *
 * @param id the record's id, for a dead letter
 * @param documents at least one
 */
public record IndexRequest(String id, List<Document> documents) {

    /**
     * One document.
     *
     * @param version external version: Elasticsearch keeps the document with the largest version, and takes an equal one again
     * @param source JSON on one line
     */
    public record Document(String index, String id, long version, byte[] source) {}
}
