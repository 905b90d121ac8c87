// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.Version;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The newest revision of one window in each place that has one; at least one of them is not null.
 *
 * @param document the document in Elasticsearch, with the fields that the index adds; null if there is none
 * @param tail the newest record in the tail; null if there is none
 * @param revision replaces a document that Elasticsearch had but has no longer: the record in the tail or, if there is none, the newest revision
 *     in Elasticsearch's history; otherwise null
 * @param isNewest false if the log may have a newer revision that none of these places shows yet
 */
record ExplainedWindow(JsonNode document, JsonNode tail, JsonNode revision, boolean isNewest) {

    /** Whether the log has a revision that the document does not have yet. */
    boolean isDocumentBehind() {
        return tail != null
                && (document == null
                        || Version.of(document).number() < Version.of(tail).number());
    }

    /** The revision whose place in the log is explained. */
    JsonNode place() {
        return isDocumentBehind() ? tail : document == null ? revision : document;
    }

    String id() {
        return versions().findFirst().orElseThrow().path("id").asText();
    }

    /** The revisions that are not null. */
    Stream<JsonNode> versions() {
        return Stream.of(document, tail, revision).filter(Objects::nonNull);
    }
}
