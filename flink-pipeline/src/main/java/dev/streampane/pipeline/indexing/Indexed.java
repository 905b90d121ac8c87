// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import java.util.List;

/**
 * A result or an alert as Elasticsearch is to hold it.
 *
 * @param id its id
 * @param version orders the documents of one id: the largest one stays
 * @param places where it is to be found; the same document in each
 * @param source the document: JSON on one line
 */
public record Indexed(String id, long version, List<Place> places, byte[] source) {

    /**
     * Index and id of a document.
     *
     * @param index with the month in which it begins, in UTC, at its end: {@code yyyy.MM}
     */
    public record Place(String index, String id) {}
}
