// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;

/** What an explanation found; each text begins with its subject: document, log or audit. */
final class Findings {

    private final List<String> words = new ArrayList<>();
    private boolean different;

    /** A difference between the window and its document. */
    void difference(String words) {
        different = true;
        this.words.add(words);
    }

    /** Something that is good to know. */
    void note(String words) {
        this.words.add(words);
    }

    boolean isDifferent() {
        return different;
    }

    ArrayNode json() {
        ArrayNode json = Comparison.JSON.createArrayNode();
        words.forEach(json::add);
        return json;
    }

    @Override
    public String toString() {
        return String.join("; ", words);
    }
}
