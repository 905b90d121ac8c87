// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.Version;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The newest revision of one window in each place that has one; at least one has.
 *
 * @param document as Elasticsearch has it, with the fields that the index adds; null when it has none
 * @param tail the newest record of the log that this process remembers; null when it remembers none
 * @param revision what stands for a document that Elasticsearch had and lacks: what the tail remembers, or, where it remembers nothing, the
 *     window's newest revision in Elasticsearch's history; else null
 * @param isNewest false: the log may have a newer revision that neither of them shows yet
 */
record ExplainedWindow(JsonNode document, JsonNode tail, JsonNode revision, boolean isNewest) {

    /** Whether the log has a revision that the document does not have yet. */
    boolean isDocumentBehind() {
        return tail != null
                && (document == null
                        || Version.of(document).number() < Version.of(tail).number());
    }

    /** The one whose place in the log is explained. */
    JsonNode place() {
        return isDocumentBehind() ? tail : document == null ? revision : document;
    }

    String id() {
        return versions().findFirst().orElseThrow().path("id").asText();
    }

    /** Those that are there. */
    Stream<JsonNode> versions() {
        return Stream.of(document, tail, revision).filter(Objects::nonNull);
    }
}
